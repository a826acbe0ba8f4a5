"""The study of docs/lab/ranking.md: simulated readers live with a feed day after day, and the feed is judged by it."""
