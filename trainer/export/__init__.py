"""From a trained student to the file that devices read."""
