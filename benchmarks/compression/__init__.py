"""The study of docs/lab/compression.md: the front of sizes, formats of the token table, and every method by itself."""
