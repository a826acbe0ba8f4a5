"""What is fitted on finished scores or on counts, beside the model: co-clicks, popularity, probability, topics."""
