"""Real payloads of sensors: every observation, entity and message of a file is a good row, a row with a reason, or told."""

import json
import re

import pytest

from data.contracts import load_contract
from data.lake import Lake
from data.ledger import Ledger
from data.readers import read_file
from quality.check import check_file
from quality.intake import submit

pytestmark = pytest.mark.integration
MODELS = "smart-data-models/AirQualityObserved_example"
ENTITIES = [(f"{MODELS}.json", 1), (f"{MODELS}.jsonld", 1), (f"{MODELS}-normalized.jsonld", 1),
            (f"{MODELS}-geojsonfeature.json", 1), (f"{MODELS}-normalized.json", 0)]  # fmt: skip


@pytest.fixture
def payloads(shared):
    return shared / "data" / "sensor-payloads"


def page(payloads):
    """Return the first answer of the real server; the file wraps it in TypeScript, whose last commas JSON does not know."""
    text = (payloads / "sensorthings" / "bgs_observationsDataFixtures.ts").read_text()
    found = text.split("= ", 1)[1].split("};", 1)[0] + "}"
    return re.sub(r",(\s*[\]}])", r"\1", found)


def messages(payloads):
    """Return the flat messages of the log, with their topics."""
    log = json.loads((payloads / "mqtt" / "sample-lab-data.js").read_text())
    bare = [each for each in log if isinstance(each, dict)]
    return [{**each["payload"], "topic": each["topic"]} for each in bare if "node-id" in each["payload"]]


def accounted(report):
    assert report.rows_read == report.rows_good + report.rows_bad
    return report.rows_read, report.rows_good


def test_the_observations_of_a_real_page_enter_and_the_next_page_is_told(payloads, tmp_path):
    path = tmp_path / "page"
    path.write_text(page(payloads))
    report = check_file(path, "sensor_observation", zone="deqing")
    assert accounted(report) == (len(json.loads(path.read_text())["value"]),) * 2 == (3, 3)
    assert "W-MORE-01" in [problem.code for problem in report.problems]
    assert set(report.good["datastream_id"].to_pylist()) == {"1"}
    assert report.good["quality"].to_pylist() == ["Good"] * 3


def test_the_observations_below_a_real_thing_are_read(payloads):
    raw = read_file(payloads / "sensorthings" / "frost_entitiesDefault.json")
    found = raw.table.select(["datastream", "result", "unit", "longitude"]).to_pylist()
    assert [tuple(each.values()) for each in found] == [
        (f"datastream name {1 + n // 2}", str(3 + n), "lm" if n < 2 else "C", "-117.05")
        for n in range(4)
    ]  # fmt: skip


@pytest.mark.parametrize(("file", "good"), ENTITIES)
def test_real_entities_are_accounted_for(payloads, file, good):
    report = check_file(payloads / file, "air_quality_observed", zone="deqing")
    assert accounted(report) == (1, good)
    assert bool(good) == ("E-TYPE-02" not in [problem.code for problem in report.problems])  # precipitation: false


def test_a_real_log_enters_once_however_often_messages_repeat(payloads, tmp_path, workspace):
    found = messages(payloads)
    whole, again = tmp_path / "whole", tmp_path / "again"
    whole.write_text("\n".join(map(json.dumps, found)))
    again.write_text("\n".join(map(json.dumps, reversed(found[:60]))))
    results = [
        submit(path, contract="sensor_node_reading", zone="deqing", actor="staff", workspace=workspace)
        for path in (whole, again)
    ]
    distinct = {json.dumps(each, sort_keys=True) for each in found}
    assert (results[0].rows_read, results[0].rows_accepted) == (len(found), len(distinct)) == (110, 55)
    assert (results[1].rows_accepted, results[1].rows_quarantined + results[1].rows_unchanged) == (0, 60)
    table = Lake(workspace, Ledger.open(workspace)).read(load_contract("sensor_node_reading"))
    assert table.num_rows == len(distinct)
