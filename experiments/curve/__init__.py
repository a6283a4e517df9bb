"""Specification curves: one question asked in every defensible way, with one answer for all of them together.

Belongs here: which specifications (declared), their estimates from cluster cross-products (grouped, points), joint inference
(joint), the curve as a result (result) and as a plot (plot). Does not: estimators, cross-products (experiments.estimators).
"""
