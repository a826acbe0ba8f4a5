"""How many articles a cache holds, for whoever asks before anything that ranks is loaded."""

MAX_ARTICLES = 20_000  # where nothing else is asked for
MOST_ARTICLES = 100_000  # that may be asked for: with more a feed takes too long
