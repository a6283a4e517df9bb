"""Every number of a results document by a stable id: its path in the document, things named by their own ids, not by position.

Belongs here: naming and finding. Does not: what lies behind a number (chain). A section that is added to the document brings its
numbers' ids with it: nothing is listed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMED_BY = ("analysis_id", "id", "hypothesis_id", "trigger", "arm_id", "zone_id", "variable", "name")
"""Fields by which an entry of a list is named, the first that every entry has and no two share; without one, its position."""


@dataclass(frozen=True)
class Number:
    """One number: its id, its value, and the parts of its path as keys and positions of the document."""

    number_id: str
    value: float
    path: tuple[str | int, ...]


def numbers(document: Mapping[str, Any]) -> Iterator[Number]:
    """Yield every number of a results document in its order.

    >>> document = {"experiment_id": "SE-1", "analyses": [{"analysis_id": "H1", "result": {"n_obs": 40}}]}
    >>> [(item.number_id, item.value) for item in numbers(document)]
    [('SE-1.analyses.H1.result.n_obs', 40)]
    """
    for name, path, value in leaves(document):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Number(name, value, path)


def leaves(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """Yield id, path and value of everything that is neither an object nor a list; empty ones stand for themselves."""
    yield from _walk(document, str(document["experiment_id"]), ())


def find(document: Mapping[str, Any], asked: str) -> Number | None:
    """Return the number of an id; None if there is none.

    Ids may come without the experiment or with `experiments.` before it, by a hypothesis in place of its analysis, without
    `result`, and as `experiment.analysis.term`, which is the estimate that answers the hypothesis.

    >>> entry = {"number_id": "SE-1.h.treat", "analysis_id": "h", "term": "treat", "hypothesis": {"id": "H1"},
    ...     "result": {"estimates": [{"term": "treat", "estimate": -2.5}]}}
    >>> document = {"experiment_id": "SE-1", "analyses": [entry]}
    >>> find(document, "SE-1.h.treat").number_id
    'SE-1.analyses.h.result.estimates.0.estimate'
    >>> find(document, "experiments.SE-1.analyses.H1.estimates.0.estimate").value
    -2.5
    """
    known = {item.number_id: item for item in numbers(document)}
    experiment = str(document["experiment_id"])
    bare = asked.strip().removeprefix("experiments.").removeprefix(f"{experiment}.")
    return next((known[name] for name in _spellings(document, experiment, bare) if name in known), None)


def near(document: Mapping[str, Any], asked: str, most: int = 3) -> list[str]:
    """Return ids that look like the one asked for."""
    from difflib import get_close_matches

    known = [item.number_id for item in numbers(document)]
    return get_close_matches(asked, known, n=most, cutoff=0.0)


def headline_id(entry: Mapping[str, Any], experiment_id: str, column: str = "estimate") -> str:
    """Return the id of a number of the row that answers an analysis's hypothesis.

    >>> headline_id({"analysis_id": "h", "term": "b", "result": {"estimates": [{"term": "a"}, {"term": "b"}]}}, "SE-1")
    'SE-1.analyses.h.result.estimates.1.estimate'
    """
    rows = entry["result"]["estimates"]
    place = next((n for n, row in enumerate(rows) if row["term"] == entry["term"]), 0)
    return f"{experiment_id}.analyses.{_safe(entry['analysis_id'])}.result.estimates.{place}.{column}"


def _spellings(document: Mapping[str, Any], experiment: str, bare: str) -> Iterator[str]:
    yield f"{experiment}.{bare}"
    for entry in document.get("analyses", ()):
        name, hypothesis = entry["analysis_id"], entry.get("hypothesis", {}).get("id")
        own = f"{experiment}.analyses.{_safe(name)}"
        for alias in (name, hypothesis):
            before = f"analyses.{alias}."
            if alias and bare.startswith(before):
                rest = bare.removeprefix(before)
                yield from (f"{own}.{rest}", f"{own}.result.{rest}")
        number_id = str(entry.get("number_id", "")).removeprefix(f"{experiment}.")
        if number_id and (bare == number_id or bare.startswith(f"{number_id}.")):
            yield headline_id(entry, experiment, bare.removeprefix(number_id).removeprefix(".") or "estimate")


def _walk(value: Any, name: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:  # noqa: ANN401
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _walk(inner, f"{name}.{_safe(key)}", (*path, key))
    elif isinstance(value, list) and value:
        for place, (own, inner) in enumerate(zip(_names(value), value, strict=True)):
            yield from _walk(inner, f"{name}.{own}", (*path, place))
    else:
        yield name, path, value


def _names(items: list[Any]) -> list[str]:
    for key in NAMED_BY:
        found = [item.get(key) if isinstance(item, Mapping) else None for item in items]
        if all(isinstance(each, str) and each for each in found) and len(set(found)) == len(found):
            return [_safe(each) for each in found]
    return [str(place) for place in range(len(items))]


def _safe(part: object) -> str:
    return str(part).replace("%", "%25").replace(".", "%2E")
