"""What differs between a phone and a desktop."""
