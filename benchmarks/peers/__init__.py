"""Our compression beside other libraries: the same models, data and budget of training."""
