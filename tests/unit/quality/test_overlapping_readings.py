"""Late, out-of-order and overlapping sensor files end the same whatever the order in which they arrive."""

from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data.contracts import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality.intake import submit

VERSIONED = Contract.model_validate(
    yaml.safe_load(
        """
name: reading_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: device
grain: one row per zone, device and hour
source_kind: sensor
overlap: latest_reading
reading_version: revision
key: [zone_id, device_id, hour]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: device_id, type: string, label: {en: Device, zh: 设备}, required: true}
  - {name: hour, type: integer, label: {en: Hour, zh: 小时}, required: true}
  - {name: speed, type: number, label: {en: Speed, zh: 速度}, missing_codes: {"-9": sensor_offline}}
  - {name: revision, type: integer, label: {en: Revision, zh: 版本}, required: true}
"""
    )
)
PLAIN = VERSIONED.model_copy(update={"name": "plain_try", "reading_version": None})
READING = st.tuples(
    st.sampled_from("AB"), st.integers(0, 2), st.sampled_from(["1.5", "2", "-9", ""]), st.integers(1, 3)
)
FILE = st.lists(READING, min_size=1, max_size=5, unique_by=lambda reading: reading[:2])


def arrive(home, files, contract):
    """Submit the files in this order into a fresh workspace; return what the table says."""
    workspace = Workspace(home).create()
    for number, rows in enumerate(files):
        path = workspace.home / f"{number}.csv"
        lines = [",".join(map(str, row)) for row in rows]
        path.write_text("\n".join(["device_id,hour,speed,revision", *lines]) + "\n", encoding="utf-8")
        submit(path, contract=contract, zone="deqing", actor="staff", workspace=workspace)
    ledger = Ledger.open(workspace)
    lake = Lake(workspace, ledger)
    rows = lake.read(contract, held=lake.pin().held).to_pylist()
    names = ("device_id", "hour", "speed", "speed__st", "revision")
    return sorted(tuple(row[name] for name in names) for row in rows)


def expected(files, contract):
    """Say independently what must stand: of the newest version those readings on which all files agree."""
    by_key = {}
    for device, hour, speed, revision in (row for rows in files for row in rows):
        value = {"-9": (None, 14), "": (None, 9)}.get(speed) or (float(speed), 0)
        by_key.setdefault((device, hour), set()).add((revision, value))
    found = []
    for key, readings in by_key.items():
        newest = max(revision for revision, _ in readings)
        said = readings if contract.reading_version is None else {r for r in readings if r[0] == newest}
        if len(said) == 1:
            ((revision, value),) = said
            found.append((*key, *value, revision))
    return sorted(found)


ORDERS = {
    "late": [[("A", 1, "1", 2)], [("A", 1, "3", 1)]],
    "contradicting": [[("A", 1, "1", 1), ("A", 2, "1", 1)], [("A", 1, "2", 1)]],
    "settled by a newer one": [[("A", 1, "1", 1)], [("A", 1, "2", 1)], [("A", 1, "3", 2)]],
}


@pytest.mark.integration
@pytest.mark.parametrize("name", ORDERS)
def test_both_orders_end_the_same(tmp_path, name):
    files = ORDERS[name]
    ends = [arrive(tmp_path / side, order, VERSIONED) for side, order in (("a", files), ("b", files[::-1]))]
    assert ends[0] == ends[1] == expected(files, VERSIONED)


@pytest.mark.slow
@pytest.mark.parametrize("contract", [VERSIONED, PLAIN], ids=["versioned", "plain"])
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files=st.lists(FILE, min_size=2, max_size=3))
def test_any_files_end_the_same_in_every_order(contract, files):
    wanted = expected(files, contract)
    with TemporaryDirectory() as folder:
        for number, order in enumerate(permutations(files)):
            assert arrive(Path(folder) / str(number), order, contract) == wanted


def test_a_sender_is_told_of_late_and_contradicting_readings(tmp_path, workspace):
    def send(*rows):
        path = tmp_path / f"{len(list(tmp_path.glob('*.csv')))}.csv"
        path.write_text("\n".join(["device_id,hour,speed,revision", *rows]) + "\n", encoding="utf-8")
        result = submit(path, contract=VERSIONED, zone="deqing", actor="staff", workspace=workspace)
        told = [(item.code, item.count) for item in result.problems]
        return result.status, result.rows_accepted, result.rows_unchanged, told

    assert send("A,1,1,2", "A,2,1,2") == ("accepted", 2, 0, [])
    assert send("A,1,9,1", "A,2,3,2") == ("accepted", 1, 1, [("W-KEY-03", 1), ("W-KEY-04", 1)])


@pytest.mark.parametrize(
    "changes",
    [
        {"overlap": "refuse"},
        {"source_kind": "survey"},
        {"review": "required"},
        {"reading_version": "hour"},
        {"reading_version": "device_id"},
        {"reading_version": "speed"},
        {"reading_version": "other"},
    ],
)
def test_a_rule_that_could_not_be_kept_in_every_order_is_refused(changes):
    with pytest.raises(ValidationError, match=r"overlap|reading_version"):
        Contract.model_validate(VERSIONED.model_dump() | changes)
