"""Comparing two releases: tables, columns, rows by key, values, distributions, and why, with small cells protected.

Belongs here: two releases → what a reader may see of their difference. Does not: files of rows (quality.exports).
"""
