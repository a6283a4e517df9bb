"""What a report owes beside its estimates: flow, baseline, delivery, power, attrition, harms, certainty, ethics, history.

Belongs here: from release × registered plan × results to the `accounts` of results.json. Does not: estimates (estimators),
sentences and drawing (report), the rules of disclosure (quality.disclosure), which every number about people passes here.
"""
