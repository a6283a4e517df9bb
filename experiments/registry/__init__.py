"""The registry: what an experiment promised before its outcomes were seen.

Belongs here: the protocol schema, its checks, the protocols themselves. Does not: running analyses (experiments.run).
"""
