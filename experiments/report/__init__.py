"""Reports: results.json → pages that people read.

Belongs here: wording, sentences, plots, templates. Does not: computing a number (estimators) or deciding what was registered.
"""
