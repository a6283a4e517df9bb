"""Feeds: what comes by itself (messages of a broker, rows of a database) is laid into the drop folder, whole and at least once.

Belongs here: configurations, the subscriber, the reader of databases, what they keep between two runs. Does not: checking what
came (quality: a feed's file is a delivery like any other), when a feed runs (orchestration, `zonelab feed`). A feed never writes
to the archive; what comes twice is folded by the keys of the contract.
"""
