"""SQLite on the device: a rebuildable cache of articles, a durable profile and the subscriptions, each its own file."""
