"""Protocol files of earlier schema versions, brought to the present one.

Belongs here: one function a step, on plain documents. Does not: validation (protocol). Every stored version must load for ever.
"""

from __future__ import annotations

from typing import Any

PRESENT = 2
UNITS = {"clinic": "facility", "organisation": "firm", "district": "district", "village": "community"}


def upgraded(document: Any) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    """Return the document in the present schema version; what is not a protocol comes back as it is.

    >>> upgraded({"unit_of_assignment": "clinic"})["unit_of_assignment"]
    'facility'
    """
    if not isinstance(document, dict) or document.get("schema_version", 1) != 1:
        return document
    return _from_1(document)


def _from_1(old: dict[str, Any]) -> dict[str, Any]:
    """Version 1 wrote time frames as text and named the unit of assignment freely."""
    new = {**old, "schema_version": PRESENT}
    unit = old.get("unit_of_assignment")
    if isinstance(unit, str):
        new["unit_of_assignment"] = UNITS.get(unit, "other")
    if isinstance(old.get("outcomes"), list):
        new["outcomes"] = [_outcome_from_1(item) for item in old["outcomes"]]
    return new


def _outcome_from_1(item: Any) -> Any:  # noqa: ANN401
    if not isinstance(item, dict) or not isinstance(item.get("time_frame"), dict) or "note" in item["time_frame"]:
        return item
    return {**item, "time_frame": {"note": item["time_frame"]}}
