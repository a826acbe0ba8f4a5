"""What a reader sets and keeps, as methods of `Reader`: settings, rules, words, numbered lists, an exported profile."""
