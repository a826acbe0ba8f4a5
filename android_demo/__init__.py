"""The demo app: a news reader in Kivy on the runtime's public API."""
