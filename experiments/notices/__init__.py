"""Notices: what has happened that somebody should hear of, who is told, by which way, at most once.

Belongs here: occasions, rules, sending. Does not: deciding or changing anything; when it is asked (orchestration, apps.cli). No
person's value is in a notice: zones, experiments, waves, codes and days.
"""

JOB = "notify"
"""The job that sends notices (orchestration)."""
