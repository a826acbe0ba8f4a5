"""The command line `edge-news-trainer`: each command parses, calls one function, and prints what it gives."""
