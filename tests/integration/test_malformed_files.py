"""Five hundred malformed files: none ends the process, none waits long, none is accepted with a changed value."""

import time
from dataclasses import replace

import pytest

from data.messages import Refused
from data.readers import read_file
from data.settings import REPOSITORY
from tests.malformed.originals import FILES, SIZE, corpus
from tests.malformed.truth import agrees, is_date, same_table

DATA = REPOSITORY.parent / "shared" / "data"
LONGEST_S = 5
SAMPLE = 2 * len(FILES)

pytestmark = pytest.mark.skipif(not (DATA / "README.md").is_file(), reason="the shared data are not here")


def read(path):
    """Return the table of a file from outside: the one door through which this test reads."""
    return read_file(path)


@pytest.fixture(scope="module")
def sound():
    """Return the tables of the files before they were damaged."""
    return {name: read(DATA / name) for name in FILES}


def faults(malformed, sound, folder):
    """Return what is wrong with the verdicts over a corpus, and how many files were refused and accepted."""
    found, counts = [], {"refused": 0, "accepted": 0}
    for number, each in enumerate(malformed):
        path = folder / f"{number}.bin"
        path.write_bytes(each.content)
        began = time.perf_counter()
        try:
            raw = read(path)
        except Refused as refusal:
            counts["refused"] += 1
            raw = None
            if not refusal.code.startswith("E-") or not (refusal.text.en and refusal.text.zh):
                found.append((each.original, each.operator, "a refusal without words"))
        if time.perf_counter() - began > LONGEST_S:
            found.append((each.original, each.operator, "slow"))
        if raw is not None:
            counts["accepted"] += 1
            original = sound[each.original]
            if not same_table(raw, original) and not agrees(raw, each.content, folder / "second.bin", original):
                found.append((each.original, each.operator, "a changed value"))
        path.unlink()
    return found, counts


@pytest.mark.integration
def test_a_sample_of_malformed_files(sound, tmp_path):
    found, counts = faults(corpus(DATA, SAMPLE), sound, tmp_path)
    assert found == []
    assert counts["refused"] > SAMPLE // 3


@pytest.mark.slow
def test_five_hundred_malformed_files(sound, tmp_path):
    found, counts = faults(corpus(DATA), sound, tmp_path)
    assert found == []
    assert sum(counts.values()) == SIZE
    assert counts["refused"] > SIZE // 2


@pytest.mark.integration
def test_the_second_readers_see_a_changed_value(sound, tmp_path):
    """A corpus that cannot fail proves nothing: a table with one other cell agrees with no second reader."""
    seen = set()
    for name in FILES:
        raw = sound[name]
        if raw.format in ("sav", *seen):
            continue
        content = (DATA / name).read_bytes()
        column = next((name for name in raw.names if not is_date(raw, name) and raw.table[name].null_count == 0), None)
        if column is None:
            continue
        cells = raw.table[column].to_pylist()
        cells[0] = "98765"
        changed = raw.table.set_column(raw.names.index(column), column, [cells])
        assert agrees(raw, content, tmp_path / "a.bin", raw), name
        assert not agrees(replace(raw, table=changed), content, tmp_path / "a.bin", raw), name
        seen.add(raw.format)
    assert {"csv", "xlsx", "xls", "dta", "por", "parquet", "json", "ndjson", "sas7bdat", "xpt"} <= seen
