"""One scan is enough: sums by cohort and attrition pattern from which panel estimators follow exactly, errors included.

Belongs here: the wave cube and the cluster cross-products (both additive over files and zones), building them from rows or
Parquet, estimators evaluated from them, exchange between zones. Does not: the same estimators from rows (the method modules).
"""
