"""Exports: a release as files that other programs open, with labels, reasons of absence and metadata.

Belongs here: what a column is called and means in each format, the files, the documents beside them. Does not: who may export and
what is recorded of it (experiments.exporting), figures and tables of reports (quality.disclosure).
"""
