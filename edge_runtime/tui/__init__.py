"""A screen of the terminal with lists, articles and why: it draws the pages that the command line draws too."""
