"""Articles on their way into the cache: of files, and of feeds, whose items stay what they are."""
