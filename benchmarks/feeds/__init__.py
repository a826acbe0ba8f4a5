"""The parser of feeds against feedparser, field by field, over any folder of feeds."""
