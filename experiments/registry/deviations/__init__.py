"""Deviations: where what was done is not what was registered, found by the machine.

Belongs here: the twelve triggers (registry model, section 5) as pure functions over facts, and gathering the facts. Does not:
changes of the plan before the fact (amendments), labels of results (experiments.registry.labels).
"""
