"""Teacher and student: how they learn, from what, and in which order."""
