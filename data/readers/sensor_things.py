"""OGC SensorThings: pages of Observations, data arrays, Datastreams and Things that carry them → one row an observation.

Belongs here: recognising them, walking down to the observations, what of them is left. Does not: the cells of one observation
and of what stands around it (observation_cells), fetching the next page (nothing is fetched).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.contracts.model import Contract
from data.readers.decode import Decoded
from data.readers.json_values import Cells, emptiness, listed, table_of
from data.readers.observation_cells import (
    CARRIERS,
    COLUMNS,
    Left,
    describe,
    describe_series,
    observation_cells,
    series_beside,
    series_of_link,
)
from data.readers.raw import Note, RawTable
from data.readers.refusals import kept_not, refuse, unreadable

NEXT, COUNT = "@iot.nextLink", "@iot.count"
Node = Mapping[str, Any]


def is_sensor_things(found: Sequence[Any]) -> bool:
    """Whether every document is one of SensorThings: a page, an observation, a data array, or what carries observations."""
    return bool(found) and all(isinstance(each, dict) and _is_one(each) for each in found)


def read_sensor_things(found: Sequence[Any], decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read every observation of the documents as a row; columns by the names of `observation_cells.COLUMNS`.

    Rows that the server still holds (a page with a next link) are told (W-MORE-01): nothing is fetched.

    Raises
    ------
    Refused
        E-FILE-01: documents without any observation, or a data array whose rows do not fit its components; E-FILE-02: no rows.
    """
    walk = _Walk()
    for document in found:
        walk.into(document, {})
    if not walk.rows:
        raise refuse("E-FILE-02") if walk.asked else unreadable("observations")
    order = [name for name in COLUMNS if any(name in row for row in walk.rows)]
    rows = [{**{name: row.get(name) for name in order}, **row} for row in walk.rows]
    return table_of(rows, "sensorthings", decoded.encoding, (*_notes(found, walk), *emptiness(walk.rows)), contract)


def _notes(found: Sequence[Node], walk: _Walk) -> tuple[Note, ...]:
    notes = []
    more = _is_cut(found[-1], len(walk.rows)) + walk.cut
    if more:
        notes.append(Note("W-MORE-01", {"n": len(walk.rows), "lists": more}))
    if walk.left.names:
        notes.append(Note("W-KEEP-01", kept_not("described", names=listed(walk.left.names))))
    if walk.left.links:
        notes.append(Note("W-KEEP-01", kept_not("links", n=walk.left.links)))
    if walk.left.structures:
        notes.append(Note("W-JSON-01", {"names": listed(walk.left.structures)}))
    return tuple(notes)


def _is_cut(last: Node, rows: int) -> int:
    """Return 1 if the last page says that more follow; earlier pages are continued by the next document."""
    total = str(last.get(COUNT, ""))
    return int(NEXT in last and not (total.isdigit() and int(total) <= rows))


def _is_one(each: Node) -> bool:
    if isinstance(each.get("value"), list) and "result" not in each:
        page = any(name.startswith("@iot.") for name in each)
        return page or (bool(each["value"]) and all(isinstance(one, dict) and _bears(one) for one in each["value"]))
    return _bears(each)


def _bears(each: Node) -> bool:
    """Whether a node is an observation, a data array, or carries lists of what belongs to SensorThings."""
    if "result" in each:
        return "phenomenonTime" in each or "@iot.id" in each
    if isinstance(each.get("dataArray"), list):
        return isinstance(each.get("components"), list)
    if each.get("Observations") == []:
        return True
    lists = (each[name] for name in CARRIERS if isinstance(each.get(name), list))
    return any(
        "@iot.selfLink" in each or any(isinstance(one, dict) and _bears(one) for one in found) for found in lists
    )


@dataclass
class _Walk:
    """The way through the documents: rows found, what was left, whether observations were there to be found."""

    rows: list[Cells] = field(default_factory=list)
    left: Left = field(default_factory=Left)
    asked: bool = False
    cut: int = 0

    def into(self, node: Node, around: Cells) -> None:
        """Take the observations at or below a node; `around` is what the nodes above say of them."""
        if "result" in node:
            self.rows.append(observation_cells(node, around, self.left))
        elif isinstance(node.get("dataArray"), list):
            self._array(node, around)
        else:
            self._below(node, self._said(node, around))

    def _said(self, node: Node, around: Cells) -> Cells:
        if isinstance(node.get("value"), list):
            link = series_of_link(node.get(NEXT))
            self.asked = self.asked or not node["value"]
            self.left.rest("page", node, frozenset(("value", NEXT, COUNT)))
            return {**around, **({"datastream_id": link} if link and "datastream_id" not in around else {})}
        return {**around, **describe(node, self.left)}

    def _below(self, node: Node, around: Cells) -> None:
        for name in (*CARRIERS, "value"):
            members = node.get(name)
            if not isinstance(members, list):
                continue
            self.asked = self.asked or name == "Observations"
            self.cut += f"{name}{NEXT}" in node
            for member in members:
                if not isinstance(member, dict):
                    raise unreadable("shape")
                self.into(member, around)

    def _array(self, node: Node, around: Cells) -> None:
        """Take a data array: `components` names the cells of its rows."""
        self.asked = True
        series: Node = next(
            (node[name] for name in ("Datastream", "MultiDatastream") if isinstance(node.get(name), dict)), {}
        )
        link = series_beside(node)
        said = {**around, **({"datastream_id": link} if link else {}), **describe_series(series, self.left)}
        self.cut += any(name.endswith(NEXT) for name in node)
        for observation in _unpacked(node):
            self.rows.append(observation_cells(observation, said, self.left))


def _unpacked(node: Node) -> Iterator[Node]:
    names = node["components"]
    for values in node["dataArray"]:
        if (
            not isinstance(values, list)
            or len(values) != len(names)
            or not all(isinstance(each, str) for each in names)
        ):
            raise unreadable("array")
        found: dict[str, Any] = {"result": None}
        for name, value in zip(names, values, strict=True):
            if inside := re.fullmatch(r"(\w+)/(?:@iot\.)?id", name):
                found[inside[1]] = {"@iot.id": value}
            else:
                found["@iot.id" if name == "id" else name] = value
        yield found
