"""Reviewing and publishing reports (R14): who may see a report, two blind checks of one file, a third person who publishes.

Belongs here: acts on reports and what follows from them. Does not: making reports (report), rules (quality.disclosure).
"""
