"""The fields of a protocol, one annotated declaration each.

Belongs here: the top-level fields, with type, stage, class of change and what the form says about them. Does not: the parts
that they hold (the modules of schema, named alike).
"""
