"""What an estimator returns: rows in the broom vocabulary, counts, diagnostics, warnings; frozen, one JSON form.

Belongs here: shape and serialisation. Does not: how the numbers come about (estimators), experiments' results (results).
"""

from __future__ import annotations

import json
import math
from typing import Any

from pydantic import BaseModel, ConfigDict


class Estimate(BaseModel):
    """One coefficient with its uncertainty. `df` is infinite-free: the t distribution's degrees of freedom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    estimate: float
    std_error: float
    statistic: float
    df: float
    p_value: float
    conf_low: float
    conf_high: float
    group: str | float | None = None


class EstimateResult(BaseModel):
    """One analysis done: `estimates` plus what is needed to judge and to repeat them.

    `data_sha256` is of the file's bytes, or the content fingerprint of a released table. `n_units` counts distinct `unit`
    values (rows when no unit is named); `n_clusters` is the smallest number of clusters, None without clustering.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    estimator: str
    spec_sha256: str
    data_sha256: str
    n_obs: int
    n_units: int
    n_clusters: int | None
    estimates: tuple[Estimate, ...]
    diagnostics: dict[str, Any]
    warnings: tuple[dict[str, Any], ...] = ()

    def row(self, term: str) -> Estimate:
        """Return the estimate called `term`; KeyError if there is none."""
        for estimate in self.estimates:
            if estimate.term == term:
                return estimate
        raise KeyError(term)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready values; `group` appears only where an estimator sets it."""
        document = self.model_dump(mode="python")
        document["estimates"] = [
            {name: value for name, value in estimate.model_dump().items() if name != "group" or value is not None}
            for estimate in self.estimates
        ]
        document["warnings"] = list(self.warnings)
        return {name: finite(value) for name, value in document.items()}

    def to_json(self) -> str:
        """Return `to_dict` as JSON text: keys in order of declaration, floats that read back to the same number."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)


def finite(value: object) -> object:
    """Return `value` ready for JSON: numpy numbers as Python's, not-a-number and infinite as null, tuples as lists.

    >>> finite({"a": (1.5, float("nan"))})
    {'a': [1.5, None]}
    """
    if isinstance(value, dict):
        return {str(name): finite(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(inner) for inner in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
