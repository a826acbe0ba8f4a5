"""What was learned of the reader, and the feed in the order that follows from it."""
