"""Protocol files of earlier schema versions, brought to the present one.

Belongs here: one function a step, on plain documents. Does not: validation (protocol). Every stored version must load for ever.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from experiments.messages import refusal

PRESENT = 2
UNITS = {"clinic": "facility", "organisation": "firm", "district": "district", "village": "community"}


def upgraded(document: Any) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    """Return the document in the present schema version; what is not a protocol comes back as it is.

    Days that YAML reads as dates come back as text: canonical JSON is one text everywhere.

    Raises
    ------
    Refused
        It was written for a later schema version than this platform knows.

    >>> upgraded({"unit_of_assignment": "clinic"})["unit_of_assignment"]
    'facility'
    """
    if not isinstance(document, dict):
        return document
    plain = _texts(document)
    version = plain.get("schema_version", 1)
    if isinstance(version, int) and version > PRESENT:
        raise refusal("E-PROTO-03", version=version, present=PRESENT)
    return _from_1(plain) if version == 1 else plain


def _texts(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: _texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


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
