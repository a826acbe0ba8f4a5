"""What the screens say, in plain Python without Kivy: rows, words, line breaks and colours."""
