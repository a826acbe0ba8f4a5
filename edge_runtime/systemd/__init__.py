"""The systemd units that come with the package: fetching feeds, notifications and a morning digest by themselves."""
