"""A registered plan in the words of other registries: AEA, OSF, ClinicalTrials.gov; readable pages; the canonical document.

Belongs here: mappings and rendering of one protocol version. Does not: who may see which field (experiments.registry.visibility),
the registry's own bundle (data.bundle), reports of results (experiments.report).
"""
