"""Designs: drawing who gets what, sealing the draw, and holding analyses to it.

Belongs here: assignment and its mechanisms, balance, commitment, design lint, diagnosis. Does not: the plan itself (registry),
estimating (estimators). Nothing is imported here: each module is imported by name.
"""
