"""The kill test: a sync is killed at every step in turn, and the next run has to put everything right."""
