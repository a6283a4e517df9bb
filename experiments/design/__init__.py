"""The design of an experiment: assigning its units, and diagnosing the declared design before any data exist."""
