"""The pages: a module for each screen, whose functions make an answer of a visit."""
