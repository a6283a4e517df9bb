"""The estimators: one method a module, and the list of them.

Belongs here: which names exist, which are built, dispatch. Does not: a method's own rules (its module), reading data (frames),
drawing the sample (sample). To add one: a module with a `METHOD`, its name in `BUILT`, a reference in tests/statistical.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from experiments.estimators.method import Method
from experiments.messages import refusal

NAMES = (
    "difference_in_means",
    "ols",
    "ancova",
    "lin",
    "iv_2sls",
    "logit",
    "poisson",
    "quantile",
    "twfe",
    "event_study",
    "group_time",
    "etwfe",
    "sun_abraham",
    "imputation",
    "synthetic_control",
    "synthetic_did",
    "interrupted_time_series",
    "mixed",
    "gee",
    "cox",
    "rdd",
    "lee_bounds",
    "ipw",
    "mediation",
    "meta_analysis",
)
"""Every name that a spec may hold; those not in `BUILT` are refused as not available in this version."""

BUILT = (
    "difference_in_means",
    "ols",
    "ancova",
    "lin",
    "iv_2sls",
    "logit",
    "poisson",
    "quantile",
    "twfe",
    "event_study",
    "group_time",
    "etwfe",
    "sun_abraham",
    "imputation",
    "synthetic_control",
    "synthetic_did",
    "interrupted_time_series",
    "mixed",
    "gee",
    "cox",
    "lee_bounds",
    "ipw",
    "mediation",
    "meta_analysis",
)
"""Each is a module of this package with a `METHOD`; in the order of `NAMES`, one a line."""


def method(name: str) -> Method:
    """Return the estimator called `name`.

    Raises
    ------
    Refused
        No such estimator, or one that this version does not have yet; both list what there is.

    >>> method("ols").name
    'ols'
    """
    available = ", ".join(BUILT)
    if name not in NAMES:
        raise refusal("E-SPEC-02", name=name, available=available)
    if name not in BUILT:
        raise refusal("E-SPEC-03", name=name, available=available)
    found: Method = import_module(f"{__name__}.{name}").METHOD
    return found


def option_columns(name: str, options: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns that the options of an estimator name; none of an estimator that is not built.

    >>> option_columns("ols", {"cluster_count": "min"})
    ()
    """
    return method(name).columns(options) if name in BUILT else ()
