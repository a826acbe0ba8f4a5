"""What an article says: its texts, language, topic, words and story, and the rules that it falls under."""
