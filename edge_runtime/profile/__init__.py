"""What the reader did and wants: kept, learned from, and written by the parts of `Reader` that rank nothing."""
