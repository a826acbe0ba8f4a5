"""The study of docs/ranking.md: simulated readers live with a feed day after day, and the feed is judged by it."""
