"""The estimators: one method a module, and the list of them.

Belongs here: which names exist, dispatch. Does not: a method's own rules (its module), reading data (frames),
drawing the sample (sample). To add one: a module with a `METHOD`, its name in `NAMES`, a reference in tests/statistical.
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
"""Every name that a spec may hold; each is a module of this package with a `METHOD`. One a line."""


def method(name: str) -> Method:
    """Return the estimator called `name`.

    Raises
    ------
    Refused
        No such estimator; the refusal lists what there is.

    >>> method("ols").name
    'ols'
    """
    if name not in NAMES:
        raise refusal("E-SPEC-02", name=name, available=", ".join(NAMES))
    found: Method = import_module(f"{__name__}.{name}").METHOD
    return found


def option_columns(name: str, options: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns that the options of an estimator name; none of a name that is no estimator's.

    >>> option_columns("ols", {"cluster_count": "min"})
    ()
    """
    return method(name).columns(options) if name in NAMES else ()
