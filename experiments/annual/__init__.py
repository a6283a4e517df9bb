"""Annual reports: of a zone, and of the programme, made from a release, the experiments' results and the record.

Belongs here: the document (`document`), what stands in it (modules), its sections. Does not: estimates (they are copied from
results.json, with their ids), judging a zone's standing (quality.programme), setting files (experiments.report).
"""
