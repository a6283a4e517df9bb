"""Quality: the gate that files pass, the panels that are built behind it, and the expectations that both must meet.

Belongs here: checking and taking in files, running dbt, judging tables with Great Expectations. Does not: storing (data),
estimating (experiments), scheduling (orchestration).
"""
