"""The screens of a reader as plain data: what a window, a terminal and a web page draw alike."""
