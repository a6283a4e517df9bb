"""Entities of a context broker: NGSI-LD and NGSIv2, normalized or key-value, bare, as notifications or as GeoJSON features.

Belongs here: recognising them and one row an entity: value, unit and time of each attribute, a point as longitude and latitude.
Does not: what the attributes of one model mean (contracts), fetching a vocabulary (nothing is fetched).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.contracts.model import Contract
from data.readers.decode import Decoded
from data.readers.json_values import Cells, emptiness, is_text, listed, point_cells, put, put_whole, table_of
from data.readers.raw import Note, RawTable
from data.readers.refusals import kept_not, unreadable

VALUES = ("value", "object", "languageMap", "json", "vocab", "objectList", "valueList")
"""Where an attribute of any kind keeps its value."""
CONCISE = frozenset([*VALUES, "unitCode", "observedAt", "datasetId", "createdAt", "modifiedAt"])
"""What an attribute may hold that does not say what kind it is (NGSI-LD, concise)."""
GEOMETRIES = frozenset(
    ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"]
)
INTERVAL = re.compile(r"(\d{4}-\d{2}-\d{2}[^/]*)/(\d{4}-\d{2}-\d{2}[^/]*)")
CONTEXT = "@context"
Node = Mapping[str, Any]


def is_entities(found: Sequence[Any]) -> bool:
    """Whether every object is an entity, and one at least has what flat objects do not: an attribute, a place, a context."""
    try:
        entities = [each for document in found for each in _unwrapped(document)]
    except TypeError:
        return False
    return bool(entities) and all(map(_is_entity, entities)) and any(map(_is_marked, entities))


def read_entities(found: Sequence[Any], decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read entities, one a row: `co`, `co.unitCode`, `co.observedAt`, `location.longitude`, `address.addressLocality`.

    The names are those of the file. What a table cannot keep is noted: the kinds of the attributes, the vocabulary.

    Raises
    ------
    Refused
        E-FILE-01: an attribute with several values over time (a history is no row), or one name with two values.
    """
    entities = [each for document in found for each in _unwrapped(document)]
    structures: dict[str, None] = {}
    rows = [_row(each, structures) for each in entities]
    return table_of(rows, "ngsi", decoded.encoding, (*_notes(entities, structures), *emptiness(rows)), contract)


def _notes(entities: Sequence[Node], structures: Mapping[str, None]) -> tuple[Note, ...]:
    notes = []
    kinds = sum(any(_is_attribute(value) and "type" in value for value in each.values()) for each in entities)
    if kinds:
        notes.append(Note("W-KEEP-01", kept_not("kinds", n=kinds)))
    if vocabularies := sum(CONTEXT in each for each in entities):
        notes.append(Note("W-KEEP-01", kept_not("vocabulary", n=vocabularies)))
    if structures:
        notes.append(Note("W-JSON-01", {"names": listed(structures)}))
    return tuple(notes)


def _unwrapped(document: Any) -> Iterator[Node]:  # noqa: ANN401
    """Yield the entities of a document: itself, those of a notification, those of a collection of features."""
    if not isinstance(document, dict):
        raise TypeError
    if isinstance(document.get("data"), list) and "subscriptionId" in document:
        told = {name: value for name, value in document.items() if name not in ("id", "type", "data", CONTEXT)}
        told |= {"notification": document["id"]} if "id" in document else {}
        for entity in document["data"]:
            for each in _unwrapped(entity):
                yield {**each, **{name: value for name, value in told.items() if name not in each}}
    elif document.get("type") == "FeatureCollection" and isinstance(document.get("features"), list):
        for feature in document["features"]:
            yield from _unwrapped(feature)
    elif document.get("type") == "Feature" and isinstance(document.get("properties"), dict):
        yield _of_feature(document)
    else:
        yield document


def _of_feature(feature: Node) -> Node:
    """Return a feature as an entity; its geometry is left away where it is the location once more."""
    entity = {"id": feature.get("id"), **feature["properties"]}
    for name, value in feature.items():
        if name not in ("type", "properties", "geometry"):
            entity.setdefault(name, value)
    place = _value(feature.get("geometry"))
    if place is not None and place != _value(entity.get("location")):
        entity["geometry" if "location" in entity else "location"] = place
    return entity


def _is_entity(each: Node) -> bool:
    kind = each.get("type")
    return is_text(each.get("id")) and (is_text(kind) or (isinstance(kind, list) and all(map(is_text, kind))))


def _is_marked(each: Node) -> bool:
    return CONTEXT in each or any(_is_attribute(value) or _is_geometry(value) for value in each.values())


def _is_attribute(value: object) -> bool:
    if not isinstance(value, dict) or not any(name in value for name in VALUES):
        return False
    return is_text(value.get("type")) or isinstance(value.get("metadata"), dict) or not set(value) - CONCISE


def _is_geometry(value: object) -> bool:
    if not isinstance(value, dict) or not is_text(value.get("type")) or value["type"] not in GEOMETRIES:
        return False
    return "coordinates" in value or "geometries" in value


def _row(entity: Node, structures: dict[str, None]) -> Cells:
    kind = entity["type"]
    cells: Cells = {"id": entity["id"], "type": " ".join(kind) if isinstance(kind, list) else kind}
    for name, value in entity.items():
        if name not in ("id", "type", CONTEXT):
            _attribute(cells, name, value, structures)
    return cells


def _attribute(cells: Cells, name: str, value: Any, structures: dict[str, None]) -> None:  # noqa: ANN401
    """Add an attribute: its value under its name, what is said of it under `name.…`."""
    if isinstance(value, list) and value and all(map(_is_attribute, value)):
        _instances(cells, name, value, structures)
        return
    if not _is_attribute(value):
        _put(cells, name, value, structures)
        return
    _put(cells, name, _value(value), structures)
    own = next(each for each in VALUES if each in value)
    for inner, each in value.items():
        if inner == "metadata" and isinstance(each, dict):
            for said, what in each.items():
                _attribute(cells, f"{name}.{said}", what, structures)
        elif inner not in ("type", own):
            _attribute(cells, f"{name}.{inner}", each, structures)


def _instances(cells: Cells, name: str, found: Sequence[Node], structures: dict[str, None]) -> None:
    """Add the instances of an attribute that several sources give, told apart by `datasetId`."""
    sources = [each.get("datasetId") for each in found]
    if len(set(map(str, sources))) < len(sources):
        raise unreadable("history", names=listed([name]))
    for source, each in zip(sources, found, strict=True):
        rest = {inner: value for inner, value in each.items() if inner != "datasetId"}
        _attribute(cells, f"{name}[{source}]" if source else name, rest, structures)


def _value(attribute: Any) -> Any:  # noqa: ANN401
    """Return the value of an attribute; anything else is its own value."""
    if not isinstance(attribute, dict):
        return attribute
    found = next((attribute[name] for name in VALUES if name in attribute), attribute)
    return found["@value"] if isinstance(found, dict) and "@value" in found else found


def _put(cells: Cells, name: str, value: Any, structures: dict[str, None]) -> None:  # noqa: ANN401
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if _is_geometry(value):
        _put_place(cells, name, value, structures)
    elif is_text(value) and (span := INTERVAL.fullmatch(value)):
        put(cells, name, span[1], structures)
        put(cells, f"{name}.end", span[2], structures)
    else:
        put(cells, name, value, structures)


def _put_place(cells: Cells, name: str, place: Node, structures: dict[str, None]) -> None:
    """Add a point by its coordinates; any other geometry as the JSON that it is."""
    point = point_cells(place) if len(place) == 2 else {}  # noqa: PLR2004 - another member would be lost
    if not point:
        put_whole(cells, name, place, structures)
    for axis, number in point.items():
        put_whole(cells, f"{name}.{axis}", number, structures)
