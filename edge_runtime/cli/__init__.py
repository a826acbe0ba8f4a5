"""The command line `edge-news`: each command parses, calls the reader's engine, and prints what it gives."""
