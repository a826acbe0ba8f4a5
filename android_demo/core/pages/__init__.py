"""What each screen shows, as plain data made from the session on its thread."""
