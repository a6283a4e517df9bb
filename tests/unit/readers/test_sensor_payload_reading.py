"""SensorThings and NGSI: one row an observation or entity, by content; what a table cannot keep is said."""

import json

import pytest

from data.messages import Refused
from data.readers import read_content, read_file

OBSERVATION = {
    "@iot.id": 12,
    "@iot.selfLink": "v1.1/Observations(12)",
    "phenomenonTime": "2026-03-01T00:00:00Z/2026-03-01T01:00:00Z",
    "resultTime": None,
    "result": 7.50,
    "resultQuality": {"status": "9"},
    "parameters": {"publish": True, "flags": ["a", "b"]},
    "Datastream@iot.navigationLink": "v1.1/Observations(12)/Datastream",
}
SERIES = {
    "@iot.id": 3,
    "name": "PM2.5 roof",
    "description": "on the roof",
    "unitOfMeasurement": {"name": "microgram per cubic metre", "symbol": "ug/m3"},
    "ObservedProperty": {"@iot.id": 5, "name": "PM2.5"},
    "Thing": {
        "@iot.id": "t1",
        "name": "Station",
        "Locations": [{"@iot.id": 9, "name": "Roof", "location": {"type": "Point", "coordinates": [120.1, 30.5]}}],
    },
}
AROUND = {
    "datastream_id": "3", "datastream": "PM2.5 roof", "unit": "ug/m3", "observed_property_id": "5", "observed_property": "PM2.5",
    "thing_id": "t1", "thing": "Station", "location_id": "9", "location": "Roof", "longitude": "120.1", "latitude": "30.5",
}  # fmt: skip


def read(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return read_content(text.encode())


def rows(document):
    return [{k: v for k, v in row.items() if v is not None} for row in read(document).table.to_pylist()]


def told(raw):
    return [(note.code, note.values["what"].en if "what" in note.values else note.values) for note in raw.notes]


def test_a_page_of_observations_gives_a_row_each_and_says_what_is_left():
    raw = read({"@iot.count": 40, "@iot.nextLink": "v1.1/Datastreams(3)/Observations?$skip=1", "value": [OBSERVATION]})
    assert raw.format == "sensorthings"
    assert {k: v for k, v in raw.table.to_pylist()[0].items() if v is not None} == {
        "observation_id": "12",
        "datastream_id": "3",
        "phenomenon_time": "2026-03-01T00:00:00Z",
        "phenomenon_time_end": "2026-03-01T01:00:00Z",
        "result": "7.5",
        "quality.status": "9",
        "parameters.publish": "true",
        "parameters.flags": '["a", "b"]',
        "_row": 2,
    }
    assert told(raw) == [
        ("W-MORE-01", {"n": 1, "lists": 1}),
        ("W-KEEP-01", "2 links and counts of the server"),
        ("W-JSON-01", {"names": "parameters.flags"}),
    ]


def test_what_is_expanded_stands_beside_each_observation():
    page = {"value": [{**OBSERVATION, "Datastream": SERIES}]}
    found = rows(page)[0]
    assert {name: found[name] for name in AROUND} == AROUND
    left = next(text for code, text in told(read(page)) if "beside" in str(text))
    assert left.endswith("unitOfMeasurement/name, Datastream/description")


def test_every_way_round_gives_the_same_rows():
    bare = {"@iot.id": 12, "phenomenonTime": "2026-03-01T00:00:00Z", "result": 7.5}
    series = {name: value for name, value in SERIES.items() if name != "Thing"}
    array = {
        "Datastream": SERIES,
        "components": ["id", "phenomenonTime", "result"],
        "dataArray": [[12, "2026-03-01T00:00:00Z", 7.5]],
    }
    expected = [
        {"observation_id": "12", "phenomenon_time": "2026-03-01T00:00:00Z", "result": "7.5", "_row": 2, **AROUND}
    ]
    ways = [
        [{**bare, "Datastream": SERIES}],
        {**bare, "Datastream": SERIES},
        {"value": [{**SERIES, "Observations": [bare]}]},
        {"value": [{**SERIES["Thing"], "Datastreams": [{**series, "Observations": [bare]}]}]},
        {"value": [array]},
        [array],
        {"value": [{"@iot.id": 5, "name": "PM2.5", "definition": "", "Datastreams": [
            {**{name: value for name, value in SERIES.items() if name != "ObservedProperty"}, "Observations": [bare]}]}]},
        {"value": [{**SERIES["Thing"]["Locations"][0], "Things": [
            {"@iot.id": "t1", "name": "Station", "Datastreams": [{**series, "Observations": [bare]}]}]}]},
    ]  # fmt: skip
    for way in ways:
        assert rows(way) == expected, way


def test_pages_one_a_line_are_one_table_and_only_the_last_can_be_cut():
    first = {"@iot.nextLink": "v1.1/Datastreams(3)/Observations?$skip=1", "value": [OBSERVATION]}
    last = {"value": [{**OBSERVATION, "@iot.id": 13}]}
    raw = read(f"{json.dumps(first)}\n{json.dumps(last)}\n")
    assert raw.table["observation_id"].to_pylist() == ["12", "13"]
    assert "W-MORE-01" not in [note.code for note in raw.notes]
    assert "W-MORE-01" in [note.code for note in read(f"{json.dumps(last)}\n{json.dumps(first)}\n").notes]


def test_a_cut_list_within_a_datastream_is_told():
    raw = read({"value": [{**SERIES, "Observations": [OBSERVATION], "Observations@iot.nextLink": "v1.1/…"}]})
    assert ("W-MORE-01", {"n": 1, "lists": 1}) in told(raw)


def test_a_member_of_the_wrong_kind_is_told_and_not_dropped():
    raw = read(
        {"value": [{**OBSERVATION, "Datastream": {**SERIES, "Thing": "roof", "unitOfMeasurement": 3}}], "more": 1}
    )
    said = next(text for code, text in told(raw) if "beside" in str(text))
    assert all(name in said for name in ("Datastream/Thing", "Datastream/unitOfMeasurement", "page/more"))


def test_results_of_several_parts_have_a_column_each():
    series = {"@iot.id": 4, "unitOfMeasurements": [{"symbol": "m/s"}, {"symbol": "deg"}], "Observations": [
        {"phenomenonTime": "2026-03-01T00:00:00Z", "result": [3.5, 270]}]}  # fmt: skip
    found = rows(series)[0]
    assert {k: found[k] for k in ("result.1", "result.2", "unit.1", "unit.2")} == {
        "result.1": "3.5", "result.2": "270", "unit.1": "m/s", "unit.2": "deg"}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"@iot.count": 0, "value": []}, "E-FILE-02"),
        ({"@iot.count": 1, "value": [{"@iot.id": 1, "name": "a sensor"}]}, "without observations"),
        ({"value": [{**SERIES, "Observations": []}]}, "E-FILE-02"),
        ([{"components": ["id", "result"], "dataArray": [[1]]}], "one value for each of its components"),
        ('[{"@iot.id": 1, "result": 1, "result": 2}]', "flat objects"),
    ],
)
def test_a_document_without_rows_or_with_damage_is_refused(document, words):
    with pytest.raises(Refused, match=words):
        read(document)


ENTITY = {
    "id": "urn:ngsi-ld:AirQualityObserved:1",
    "type": "AirQualityObserved",
    "dateObserved": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-03-01T00:00:00Z"}},
    "co": {"type": "Property", "value": 1.20, "unitCode": "GP", "observedAt": "2026-03-01T00:00:00Z",
           "accuracy": {"type": "Property", "value": 0.1}},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [120.1, 30.5]}},
    "refDevice": {"type": "Relationship", "object": "urn:ngsi-ld:Device:7"},
    "@context": ["https://example.org/context.jsonld"],
}  # fmt: skip
CELLS = {
    "id": "urn:ngsi-ld:AirQualityObserved:1", "type": "AirQualityObserved", "dateObserved": "2026-03-01T00:00:00Z",
    "co": "1.2", "location.longitude": "120.1", "location.latitude": "30.5", "refDevice": "urn:ngsi-ld:Device:7", "_row": 2,
}  # fmt: skip
SAID = {"co.unitCode": "GP", "co.observedAt": "2026-03-01T00:00:00Z", "co.accuracy": "0.1"}
PLAIN = {
    "id": ENTITY["id"], "type": ENTITY["type"], "dateObserved": "2026-03-01T00:00:00Z", "co": 1.2,
    "location": {"type": "Point", "coordinates": [120.1, 30.5]}, "refDevice": "urn:ngsi-ld:Device:7",
}  # fmt: skip


def test_an_entity_in_any_representation_gives_one_row():
    second = {
        **PLAIN,
        "co": {"type": "Number", "value": 1.2, "metadata": {"unitCode": {"value": "GP"}, "accuracy": {"value": 0.1}}},
    }
    feature = {"id": ENTITY["id"], "type": "Feature", "geometry": PLAIN["location"],
               "properties": {name: value for name, value in PLAIN.items() if name not in ("id", "location")}}  # fmt: skip
    assert rows(ENTITY) == rows([ENTITY]) == [CELLS | SAID]
    assert rows(PLAIN) == rows(feature) == rows({"type": "FeatureCollection", "features": [feature]}) == [CELLS]
    assert rows(second) == [CELLS | {"co.unitCode": "GP", "co.accuracy": "0.1"}]
    assert rows({**PLAIN, "co": {"value": 1.2, "unitCode": "GP"}}) == [CELLS | {"co.unitCode": "GP"}]
    note = {"id": "urn:n", "type": "Notification", "subscriptionId": "s", "notifiedAt": "2026-03-01T00:00:01Z"}
    assert rows({**note, "data": [PLAIN]}) == [
        CELLS | {"notification": "urn:n", "subscriptionId": "s", "notifiedAt": "2026-03-01T00:00:01Z"}
    ]


def test_what_is_no_cell_is_told_or_written_as_json():
    area = {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}
    raw = read([{**ENTITY, "category": ["traffic", 1.50], "area": area, "empty": None}, PLAIN])
    assert raw.table["area"][0].as_py() == '{"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}'
    assert raw.table["category"][0].as_py() == '["traffic", 1.5]'
    assert told(raw) == [
        ("W-KEEP-01", "the kinds that attributes declare (Property, Number, Text), of 1 entities"),
        ("W-KEEP-01", "the vocabulary (@context) of 1 entities"),
        ("W-JSON-01", {"names": "category, area"}),
        ("W-KEEP-01", "which empty cells were null, an empty text or a missing name (1 objects)"),
    ]


def test_sources_of_one_attribute_are_told_apart_and_a_history_is_refused():
    two = [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:b"}]
    found = rows({**PLAIN, "co": two})[0]
    assert (found["co"], found["co[urn:b]"]) == ("1", "2")
    with pytest.raises(Refused, match="co hold several values over time"):
        read({**PLAIN, "co": [{"type": "Property", "value": n} for n in (1, 2)]})


@pytest.mark.parametrize(
    "document",
    [
        [{"id": "a", "type": "b", "n": 1}],
        [{"unitOfMeasurement": "kg", "n": 1}],
        [{"phenomenonTime": "2026-03-01", "value": 1}],
        [{"result": 1, "value": "x"}],
    ],
)
def test_flat_objects_stay_flat(document):
    assert read(document).format == "json"


def test_a_note_speaks_both_languages_after_the_reading_process(tmp_path):
    path = tmp_path / "any.name"
    path.write_text(json.dumps(ENTITY))
    assert [note.values["what"].zh for note in read_file(path).notes][1] == "1 个实体的词汇表（@context）"
