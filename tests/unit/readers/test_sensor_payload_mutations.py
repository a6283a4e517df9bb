"""Sensor payloads damaged in their structure: a table or a refusal, never another end; of entities no value vanishes."""

import copy
import json
import random

import pytest

from data.messages import Refused
from data.readers import read_content

VALUES = [None, "", 0, 1.5, True, [], {}, [1, 2], [None], [[1]], "x", {"a": 1}, {"type": "Point"}, [{"a": 1}], {"@value": {}},
          {"type": "Point", "coordinates": None}, {"type": [1]}, {"value": 1, "type": 3}, {"geometries": 1, "type": "Polygon"},
          "2026-01-01/2026-01-02", {"type": "Property", "value": {"@value": [1]}},
          {"type": "Property", "value": 1, "object": 2}]  # fmt: skip
NAMES = [
    "result",
    "value",
    "type",
    "id",
    "@iot.id",
    "Observations",
    "dataArray",
    "components",
    "Datastream",
    "coordinates",
]
POINT = {"type": "Point", "coordinates": [120.1, 30.5]}
OBSERVATION = {"@iot.id": 12, "phenomenonTime": "2026-03-01T00:00:00Z", "result": 7.5, "parameters": {"a": [1]}}
SERIES = {"@iot.id": 3, "name": "roof", "unitOfMeasurement": {"symbol": "m"}, "ObservedProperty": {"name": "p"},
          "Thing": {"@iot.id": 1, "name": "t", "Locations": [{"name": "l", "location": POINT}]}}  # fmt: skip
ENTITY = {
    "id": "urn:1", "type": "AirQualityObserved", "location": {"type": "GeoProperty", "value": POINT},
    "co": {"type": "Property", "value": 1.25, "unitCode": "GP", "accuracy": {"type": "Property", "value": 0.125}},
    "no": {"type": "Number", "value": 45, "metadata": {"unitCode": {"value": "GQ", "type": "Text"}}},
    "name": {"type": "LanguageProperty", "languageMap": {"en": "lake", "zh": "湖"}},
    "refDevice": {"type": "Relationship", "object": "d"},
}  # fmt: skip
ENTITIES = [ENTITY, [ENTITY, {"id": "urn:2", "type": "A", "location": POINT, "tags": ["x", 2]}],
            {"id": "urn:3", "type": "Feature", "geometry": POINT, "properties": {"type": "A", "n": 3}}]  # fmt: skip
SENSORS = [
    {"@iot.nextLink": "v1.1/Datastreams(3)/Observations", "value": [{**OBSERVATION, "Datastream": SERIES}]},
    [{"Datastream": SERIES, "components": ["id", "FeatureOfInterest/id", "result"], "dataArray": [[1, 2, 3]]}],
    {"value": [{**SERIES["Thing"], "Datastreams": [{**SERIES, "Observations": [OBSERVATION]}]}]},
    {"unitOfMeasurements": [{"symbol": "m"}], "ObservedProperties": [{"name": "p"}], "Observations": [OBSERVATION]},
]


def places(node, path=()):
    yield path
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in members:
        yield from places(value, (*path, name))


def damaged(document, chance, rename):
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        found = [path for path in places(document) if path]
        if not found:
            break
        *way, last = chance.choice(found)
        node = document
        for step in way:
            node = node[step]
        if isinstance(node, dict) and rename and chance.random() < 0.2:
            node[chance.choice(NAMES)] = node.pop(last)
        else:
            node[last] = copy.deepcopy(chance.choice(VALUES))
    return document


@pytest.mark.parametrize("seed", range(4))
def test_damaged_structures_give_a_table_or_a_refusal(seed):
    chance = random.Random(seed)  # noqa: S311
    for _ in range(40):
        text = json.dumps(damaged(chance.choice(ENTITIES + SENSORS), chance, rename=True))
        assert ending(text) in ("E-FILE-01", "E-FILE-02", "E-FILE-04", "rows"), text


def ending(text):
    """Return how reading ends: in rows, or in a refusal's code."""
    try:
        return "rows" if read_content(text.encode()).table.num_rows else "nothing"
    except Refused as refusal:
        return refusal.code


def leaves(node):
    """Yield the values of a document as text, without the kinds of its parts."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("type", "@context", "@type"):
                yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    elif node not in (None, ""):
        yield node if isinstance(node, str) else json.dumps(node)


def test_no_value_of_an_entity_vanishes():
    chance = random.Random(9)  # noqa: S311
    read = 0
    for _ in range(80):
        document = damaged(chance.choice(ENTITIES), chance, rename=False)
        try:
            raw = read_content(json.dumps(document).encode())
        except Refused:
            continue
        cells = "\0".join(str(cell) for row in raw.table.to_pylist() for cell in row.values())
        lost = [value for value in leaves(document) if not all(part in cells for part in value.split("/"))]
        assert raw.format != "ngsi" or lost == [], document
        read += raw.format == "ngsi"
    assert read > 40
