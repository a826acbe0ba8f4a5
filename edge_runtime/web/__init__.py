"""A page in any browser: what `edge-news serve` answers. A port is opened by nothing else."""
