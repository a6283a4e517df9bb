"""The clock: Dagster definitions that call the rooms below, and nothing that calculates.

Belongs here: assets, checks, jobs, partitions, sensors, schedules, resources, the launcher. Does not: parsing, rules,
statistics (data, quality, experiments), or anything that a user types (apps). Nobody imports this room.
"""
