"""A pin made of what each file adds is the pin that reads every row: any history, any submission held, a later column."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.admission import expected_schema
from data.contracts.model import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.part_sums import PartSums
from data.paths import Workspace
from data.settings import Settings
from data.standing import Excluded
from tests.property.test_lake_asof import BATCH, CONTRACT, play

LATER = Contract.model_validate(
    {
        **CONTRACT.model_dump(mode="json"),
        "columns": [
            *CONTRACT.model_dump(mode="json")["columns"],
            {"name": "mood", "type": "string", "label": {"en": "x", "zh": "x"}},
        ],
    }
)


def _with_a_column(lake, place):
    schema = expected_schema(LATER)
    rows = {
        "person_id": [f"new{place}"],
        "wait_min": [3],
        "mood": ["N"],
        "rec_key": [f"new{place}"],
        "_row": [2],
        "_op": ["I"],
    }
    columns = [pa.array(rows[field.name], field.type) for field in schema]
    lake.append(LATER, pa.Table.from_arrays(columns, schema=schema), submission_id=f"L{place}", run_id="run")


@settings(max_examples=5, deadline=None)
@given(st.lists(BATCH, min_size=2, max_size=5), st.sets(st.integers(1, 5)))
def test_sums_of_files_make_the_pin_that_reading_makes(history, held):
    with tempfile.TemporaryDirectory() as folder:
        home = Workspace(Path(folder)).create()
        lake, path = Lake(home, Ledger.open(home, Settings(home=home.home))), home.build / "sums.json"
        play(lake, history)
        _with_a_column(lake, 0)
        excluded = [Excluded(f"S{number}", "history", 1, "under_review") for number in sorted(held)]
        for n in range(lake.closed_seq() + 1):
            for without in ([], excluded):
                sums = PartSums(path)
                assert lake.pin(n, without, sums) == lake.pin(n, without)
                sums.keep()


@pytest.mark.parametrize("damage", [b"", b"torn", b'["part-sums-1", 1]\n{}'])
def test_a_torn_file_of_sums_costs_time_only(tmp_path, damage):
    home = Workspace(tmp_path).create()
    lake, path = Lake(home, Ledger.open(home, Settings(home=home.home))), home.build / "sums.json"
    _with_a_column(lake, 0)
    path.write_bytes(damage)
    assert lake.pin(sums=PartSums(path)) == lake.pin()


def test_only_new_files_are_read(tmp_path, monkeypatch):
    home = Workspace(tmp_path).create()
    lake, path = Lake(home, Ledger.open(home, Settings(home=home.home))), home.build / "sums.json"
    read = []
    from data import part_sums

    real = part_sums._sums
    monkeypatch.setattr(
        part_sums, "_sums", lambda c, file, columns: read.append(file.first_seq) or real(c, file, columns)
    )
    for place in range(3):
        _with_a_column(lake, place)
        sums = PartSums(path)
        lake.pin(sums=sums)
        sums.keep()
    assert read == [1, 2, 3]
