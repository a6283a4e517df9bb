"""The command `zonelab`: one module per group of commands, each a thin call of a room's function.

Belongs here: arguments, exit codes, the one JSON document, tables for people. Does not: decisions about data or results.
"""
