"""Published numbers beside ours: addresses in a result, differences, agreement.

Belongs here: finding the number that an address names, and judging it. Does not: running an analysis (the package).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from experiments.messages import refusal
from experiments.replications.study import Analysis, Number, Study
from experiments.result import EstimateResult

PARTS = {"se": "std_error", "t": "statistic", "df": "df", "p": "p_value", "low": "conf_low", "high": "conf_high"}


def compare(study: Study, analysis: Analysis, found: EstimateResult | Mapping[str, float]) -> list[dict[str, Any]]:
    """Return one row per published number: study, analysis, term, published, estimate, difference, agrees.

    Raises
    ------
    Refused
        E-REPL-06: our result has no number of that address; the study file and the estimator do not fit.
    """
    numbers = addresses(found) if isinstance(found, EstimateResult) else found
    rows = []
    for term, stated in analysis.published.numbers.items():
        if term not in numbers or numbers[term] is None:
            raise refusal("E-REPL-06", study=study.study, analysis=analysis.id, term=term)
        rows.append(_row(study, analysis, term, stated, float(numbers[term])))
    return rows


def _row(study: Study, analysis: Analysis, term: str, stated: float | Number, ours: float) -> dict[str, Any]:
    own = stated if isinstance(stated, Number) else Number(value=stated)
    relative = analysis.published.tolerance if own.tolerance is None else own.tolerance
    absolute = analysis.published.absolute if own.absolute is None else own.absolute
    return {
        "study": study.study,
        "analysis": analysis.id,
        "term": term,
        "published": own.value,
        "estimate": ours,
        "difference": ours - own.value,
        "agrees": math.isclose(ours, own.value, rel_tol=relative, abs_tol=absolute),
    }


def addresses(result: EstimateResult) -> dict[str, Any]:
    """Return every number of a result by its address (see `Published`)."""
    found: dict[str, Any] = {name: getattr(result, name) for name in ("n_obs", "n_units", "n_clusters")}
    for row in result.estimates:
        place = (
            row.term
            if row.group is None
            else f"{row.term}@{row.group:g}"
            if _is_number(row.group)
            else f"{row.term}@{row.group}"
        )
        found.setdefault(place, row.estimate)
        for short, name in PARTS.items():
            found.setdefault(f"{short}({place})", getattr(row, name))
    return found | dict(_flat("diagnostics", result.diagnostics))


def _flat(path: str, value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - diagnostics hold anything
    if isinstance(value, Mapping):
        return [pair for name, inner in value.items() for pair in _flat(f"{path}.{name}", inner)]
    if isinstance(value, (list, tuple)):
        return [pair for place, inner in enumerate(value) for pair in _flat(f"{path}.{place}", inner)]
    return [(path, value)] if _is_number(value) or hasattr(value, "item") else []


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
