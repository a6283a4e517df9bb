"""The archive: settings, contracts, readers, the versioned lake and the hash-chained ledger.

Belongs here: everything that keeps or fetches bytes and rows. Does not: checks of content (quality), estimates
(experiments), schedules (orchestration), screens (apps). This room imports no other room.
"""
