"""The id of every number in a results document: stable from run to run, so that a report's number can be followed back.

Belongs here: document → id → value. Does not: following an id (trace). An id is the experiment, then the path of names in
results.json with `/` between; an item of a list goes by its own `id` (an analysis by `analysis_id`, an estimate by its term and
group), never by its place.
"""

from __future__ import annotations

from typing import Any

KEYS = ("id", "analysis_id", "hypothesis_id", "trigger")
PARTS = ("analyses", "accounts")


def number_ids(document: dict[str, Any]) -> dict[str, float]:
    """Return every number that a report may show, by id.

    >>> arm = {"id": "triage", "units": 40}
    >>> number_ids({"experiment_id": "SE-1", "accounts": {"flow": [{"id": "panel", "assigned": [arm]}]}})
    {'SE-1/accounts/flow/panel/assigned/triage/units': 40}
    """
    found: dict[str, float] = {}
    for name in PARTS:
        if name in document:
            _walk(document[name], f"{document['experiment_id']}/{name}", found)
    return found


def _walk(value: object, path: str, found: dict[str, float]) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        found[path] = value
    elif isinstance(value, dict):
        for name, inner in value.items():
            _walk(inner, f"{path}/{name}", found)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _walk(inner, f"{path}/{_name(inner, place)}", found)


def _name(item: object, place: int) -> str:
    """Return what an item of a list goes by; its place only where it has no name."""
    if not isinstance(item, dict):
        return str(place)
    named = next((str(item[key]) for key in KEYS if item.get(key)), None)
    if named is None and "term" in item:
        group = item.get("group")
        return str(item["term"]) if group is None else f"{item['term']}@{group}"
    return named or str(place)
