"""Difference-in-differences beyond the two-way coefficient: the mathematics, arrays in and frozen results out.

Belongs here: panels as matrices, group-time effects, aggregation, imputation, decomposition, pre-trends, bounds, placebo. Does
not: specs, options and rows of a result (the method modules one level up), moments computed in one scan (onescan).
"""
