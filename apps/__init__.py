"""The door and the window: the command line and the viewer.

Belongs here: what a person touches. Does not: pipeline logic (data, quality, experiments) or Dagster (orchestration): a run is
started through Dagster's own interface, and only released tables are read.
"""
