"""`ancova`: the arms' difference adjusted for baseline covariates, one slope for both arms (analysis of covariance).

When: a randomised design with baseline measurements of the outcome; precision is gained, and the estimate stays consistent for
the average effect (Yang & Tsiatis 2001). Not when: arms are of very different sizes and slopes differ (lin is then never worse,
Freedman 2008), or covariates were measured after assignment (they may have been affected).
"""

from __future__ import annotations

from experiments.estimators import ols
from experiments.estimators.method import Method
from experiments.estimators.regression import OPTIONS

METHOD = Method(
    name="ancova",
    run=ols.run,
    uses=ols.METHOD.uses,
    needs=(frozenset({"treatment"}), frozenset({"covariates"})),
    vcov=ols.VCOV,
    options=OPTIONS,
    inference=ols.INFERENCE,
    rule=ols.variance_of,
    regression=ols.planned,
)
