"""Known ways to rank news, trained and measured on the same data as ours; `suite.run_baselines` runs them by name."""
