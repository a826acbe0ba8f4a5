"""Articles from feeds: RSS, RDF, Atom and JSON Feed, and lists of subscriptions as OPML."""
