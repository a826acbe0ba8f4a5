"""The click model and its two encoders, one code for teacher and student."""
