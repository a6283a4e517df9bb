"""One file a version, `vNNNN_what.py`. A version that was merged is never edited: write the next one.

Belongs here: changes of the schema, with the tables spelled out as they were then. Does not: imports from data.catalog, which
moves on.
"""
