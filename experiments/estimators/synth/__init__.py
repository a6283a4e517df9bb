"""Synthetic controls: one treated unit (or few) against a weighted mean of others; arrays in, frozen results out.

Belongs here: simplex weights, predictor weights, placebo ranks, synthetic difference-in-differences. Does not: specs, options and
rows of a result (synthetic_control, synthetic_did, one level up).
"""
