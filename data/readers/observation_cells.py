"""The cells of one observation of SensorThings, and of the series, thing and place that stand around it.

Belongs here: which member becomes which column, intervals, results of several parts; what is left is counted. Does not: finding
the observations (sensor_things).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.readers.json_values import Cells, cell, point_cells, put

COLUMNS = (
    "observation_id", "datastream_id", "datastream", "phenomenon_time", "phenomenon_time_end", "result_time", "result", "unit",
    "observed_property_id", "observed_property", "sensor_id", "sensor", "thing_id", "thing", "location_id", "location",
    "longitude", "latitude", "altitude", "feature_id", "feature", "valid_time", "valid_time_end",
)  # fmt: skip
"""The columns, in this order; then `result.…`, `unit.…`, `quality.…`, `parameters.…` and other members as the file names them."""

SERIES_LINK = re.compile(r"Datastreams\('?([^')]+)'?\)")
OWN = {
    "@iot.id": "observation_id",
    "phenomenonTime": "phenomenon_time",
    "resultTime": "result_time",
    "validTime": "valid_time",
}
INTERVALS = ("phenomenonTime", "validTime", "resultTime")
GROUPS = {"resultQuality": "quality", "parameters": "parameters"}
AROUND = ("Datastream", "MultiDatastream", "FeatureOfInterest")
CARRIERS = ("Observations", "Datastreams", "MultiDatastreams", "Things")
"""Lists through which the way down to the observations goes."""
SERIES_PARTS = (
    "unitOfMeasurement",
    "unitOfMeasurements",
    "ObservedProperty",
    "ObservedProperties",
    "Sensor",
    "Thing",
    "Observations",
)
Node = Mapping[str, Any]


@dataclass
class Left:
    """What has no column: members by their path, links counted, and columns whose cells are JSON."""

    names: dict[str, None] = field(default_factory=dict)
    links: int = 0
    structures: dict[str, None] = field(default_factory=dict)

    def rest(self, kind: str, node: Node, used: frozenset[str]) -> None:
        """Note the members of a node that are not used; links are counted only."""
        for name, value in node.items():
            if name in used:
                continue
            if name.endswith(("Link", "@iot.count")):
                self.links += 1
            elif value not in (None, "", {}, []):
                self.names[f"{kind}/{name}"] = None


def observation_cells(node: Node, around: Cells, left: Left) -> Cells:
    """Return the cells of an observation; what it says itself of its series goes before what stands around it."""
    cells: Cells = dict(around)
    for kind in AROUND:
        if isinstance(node.get(kind), dict):
            cells.update(
                _feature(node[kind], left) if kind == "FeatureOfInterest" else describe_series(node[kind], left)
            )
    link = series_beside(node)
    if link and "datastream_id" not in cells:
        cells["datastream_id"] = link
    for name, value in node.items():
        _member(cells, name, value, left)
    return cells


def _member(cells: Cells, name: str, value: Any, left: Left) -> None:  # noqa: ANN401
    if name in INTERVALS:
        _interval(cells, OWN[name], value)
    elif name in OWN:
        cells[OWN[name]] = cell(value)
    elif name == "result":
        _parts(cells, "result", value, left)
    elif name in GROUPS:
        put(cells, GROUPS[name], value or None, left.structures)
    elif name.endswith(("Link", "@iot.count")):
        left.links += 1
    elif name not in AROUND or not isinstance(value, dict):
        put(cells, name, value, left.structures)


def _interval(cells: Cells, name: str, value: Any) -> None:  # noqa: ANN401
    """Add an instant, or the two ends of an interval."""
    text = cell(value)
    start, slash, end = (text or "").partition("/")
    cells[name] = start or None
    if slash:
        cells[f"{name}_end"] = end or None


def _parts(cells: Cells, name: str, value: Any, left: Left) -> None:  # noqa: ANN401
    """Add a value; the members of a list under `name.1`, `name.2`: the parts of a MultiDatastream."""
    if isinstance(value, list) and value and not any(isinstance(each, dict | list) for each in value):
        for number, each in enumerate(value, start=1):
            put(cells, f"{name}.{number}", each, left.structures)
    else:
        put(cells, name, value, left.structures)


def describe_series(node: Node, left: Left) -> Cells:
    """Return what a Datastream or MultiDatastream says: id, name, unit, property, sensor, thing and place."""
    found: Cells = {"datastream_id": cell(node.get("@iot.id")), "datastream": cell(node.get("name"))}
    if isinstance(node.get("unitOfMeasurement"), dict):
        found["unit"] = _unit(node["unitOfMeasurement"], left)
    elif isinstance(node.get("unitOfMeasurements"), list):
        units = [_unit(each, left) if isinstance(each, dict) else cell(each) for each in node["unitOfMeasurements"]]
        _parts(found, "unit", units, left)
    for name, column in (("ObservedProperty", "observed_property"), ("Sensor", "sensor")):
        if isinstance(node.get(name), dict):
            found.update(_named(name, node[name], column, left))
    if isinstance(node.get("ObservedProperties"), list):
        _parts(found, "observed_property", [_name(each) for each in node["ObservedProperties"]], left)
    if isinstance(node.get("Thing"), dict):
        found.update(describe_thing(node["Thing"], left))
    used = [name for name in SERIES_PARTS if isinstance(node.get(name), dict | list)]
    left.rest("Datastream", node, frozenset(("@iot.id", "name", *used)))
    return {name: value for name, value in found.items() if value is not None}


def describe(node: Node, left: Left) -> Cells:
    """Return what any entity says that carries observations, at whatever depth: by its members, for none says its kind."""
    if any(name in node for name in ("unitOfMeasurement", "unitOfMeasurements", "observationType")):
        return describe_series(node, left)
    if "feature" in node:
        return _feature(node, left)
    if "location" in node:
        return _place(node, left)
    if "definition" in node:
        return _named("ObservedProperty", node, "observed_property", left, CARRIERS)
    if "metadata" in node:
        return _named("Sensor", node, "sensor", left, CARRIERS)
    return describe_series(node, left) if "Observations" in node else describe_thing(node, left)


def describe_thing(node: Node, left: Left) -> Cells:
    """Return what a Thing says: id, name, and its place if it has one that is a point."""
    found = _named("Thing", node, "thing", left, ("Locations", *CARRIERS))
    places = node.get("Locations")
    if isinstance(places, list) and len(places) == 1 and isinstance(places[0], dict):
        found.update(_place(places[0], left))
    elif places:
        left.names["Thing/Locations"] = None
    return found


def _place(node: Node, left: Left) -> Cells:
    used = ("location",) if (point := point_cells(node.get("location"))) else ()
    return {**_named("Location", node, "location", left, (*used, *CARRIERS)), **point}


def _feature(node: Node, left: Left) -> Cells:
    point = point_cells(node.get("feature"))
    used = ("feature",) if point else ()
    return {**_named("FeatureOfInterest", node, "feature", left, (*used, *CARRIERS)), **point}


def _named(kind: str, node: Node, column: str, left: Left, used: tuple[str, ...] = ()) -> Cells:
    left.rest(kind, node, frozenset(("@iot.id", "name", *used)))
    found = {f"{column}_id": cell(node.get("@iot.id")), column: cell(node.get("name"))}
    return {name: value for name, value in found.items() if value is not None}


def _name(node: Any) -> str | None:  # noqa: ANN401
    return cell(node.get("name") if isinstance(node, dict) else node)


def _unit(node: Node, left: Left) -> str | None:
    """Return a unit's symbol, or its name where it has none."""
    shown = "symbol" if node.get("symbol") else "name"
    left.rest("unitOfMeasurement", node, frozenset([shown]))
    return cell(node.get(shown))


def series_of_link(link: Any) -> str | None:  # noqa: ANN401
    """Return the id of the Datastream that a link goes through.

    >>> series_of_link("v1.1/Datastreams(7)/Observations?$skip=100")
    '7'
    """
    found = SERIES_LINK.search(link) if isinstance(link, str) else None
    return found[1] if found else None


def series_beside(node: Node) -> str | None:
    """Return the id of the Datastream or MultiDatastream to which a node links without holding it."""
    links = (series_of_link(each) for name, each in node.items() if "Datastream@" in name)
    return next((link for link in links if link), None)
