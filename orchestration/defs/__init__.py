"""The definitions, one module per kind of asset: raw, quality, panel, release, estimates, automation.

Belongs here: lists of named steps of 15 lines. Does not: what a step does (data, quality, experiments).
"""
