"""The one-scan engine: a panel read once into a small table of moments, from which estimators give what all its rows give.

Belongs here: that table (cube), building it (scan, runs), keeping it (files), the short sample that stands for it (stand_in),
which analyses it answers (choice). Does not: estimators; they are the same ones, with `Sample.copies`.
"""
