"""What is shown of articles, as plain data: a command line, a terminal screen, an app and a web page draw it alike."""
