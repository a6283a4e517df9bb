"""A table whose columns are spelled out gets the verdict that its texts get, whatever was done to the file."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.readers import parquet, quick, raw, read_content, spelling
from data.readers.sandbox import handover
from quality import check
from quality.check import check_file
from tests.unit.quality.test_intake import CONTRACT

pytestmark = pytest.mark.archive

HEADER = "person_id,score"
CELLS = ("", " ", "１２", "P1 ", "-", "NA", "1e5", "3.0", "1,5", "x" * 40, "\u202e5", "11010519491231002X", "−4", "007")
SHORT = {"quick": (quick, "SPELLED_FROM", 1), "parquet": (parquet, "SPELLED_FROM", 1)}


def lines(seed):
    """Return the lines of a file with faults: cells out of the list, ragged lines, blank lines, rows that come twice."""
    draw = random.Random(seed)  # noqa: S311 - a fixed corpus
    told = [f"P{draw.randrange(40):02d}x{n},{draw.randrange(9)}" for n in range(120)]
    for _ in range(draw.randrange(6)):
        at = draw.randrange(len(told))
        told[at] = draw.choice([f"{draw.choice(CELLS)},{draw.choice(CELLS)}", "", ",", "P1", "P1,2,3", told[at - 1]])
    return told


@pytest.fixture
def spelled_out(monkeypatch):
    """Have every table read here as the reading process reads a long one, in pieces of a few rows; return how many were."""
    seen = []

    def read(path, *, contract, folder, cells):
        assert cells == "typed"
        rest = handover.write_tables(folder, [read_content(path.read_bytes(), contract=contract, typed=True)])
        found = handover.read_table(folder, rest, typed=True)
        seen.append(sum(column.type != pa.string() for column in found.table.columns[:-1]))
        return found

    def arrange():
        monkeypatch.setattr(check, "read_safely", read)
        monkeypatch.setattr(check, "SMALL_TABLE", 1)
        for module, name, value in [*SHORT.values(), (handover, "SPELLED_FROM", 1), (spelling, "OFTEN", 0)]:
            monkeypatch.setattr(module, name, value)
        monkeypatch.setattr(raw, "PIECE_BYTES", 900)
        monkeypatch.setattr(handover, "BATCH_ROWS", 17)
        return seen

    return arrange


def texts(table):
    """Return a table with its texts spelled one a row: a file without a fault keeps them as they were read."""
    kinds = [pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))


def alike(path, arrange):
    whole = check_file(path, CONTRACT, zone="deqing")
    seen = arrange()
    told = check_file(path, CONTRACT, zone="deqing")
    assert told.as_json() == whole.as_json()
    for name in ("good", "bad"):
        ours, theirs = getattr(told, name), getattr(whole, name)
        assert (ours is None) == (theirs is None)
        assert ours is None or texts(ours).equals(texts(theirs))
    assert told.sheet is None or told.sheet.plain().table.equals(whole.sheet.table)
    return seen


FEW = [*range(2), *(pytest.param(seed, marks=pytest.mark.integration) for seed in range(2, 12))]


@pytest.mark.parametrize("seed", FEW)
def test_csv(tmp_path, spelled_out, seed):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *lines(seed)]) + "\n", encoding="utf-8")
    assert alike(path, spelled_out)[0] == 2


@pytest.mark.parametrize("seed", FEW[1:6])
def test_parquet(tmp_path, spelled_out, seed):
    draw, path = random.Random(seed), tmp_path / "a.parquet"  # noqa: S311 - a fixed corpus
    names = [f"P{n % 50:03d}x{n}" if draw.random() > 0.02 else draw.choice([*CELLS, None]) for n in range(120)]
    scores = [
        draw.choice([1, 2, 3.5, None, float("nan"), 1e17, -0.0]) if draw.random() < 0.05 else n % 7 for n in range(120)
    ]
    pq.write_table(pa.table({"person_id": names, "score": pa.array(scores, pa.float64())}), path, row_group_size=50)
    assert alike(path, spelled_out)[0] == 2


def test_a_good_file_passes_without_being_filtered(tmp_path, spelled_out):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *(f"P{n:02d}x{n},{n % 5}" for n in range(200))]) + "\n", encoding="utf-8")
    assert alike(path, spelled_out) == [2]
    assert check_file(path, CONTRACT, zone="deqing").rows_good == 200


@pytest.mark.parametrize(
    ("places", "words"),
    [([0, 7], ["a"]), ([0, -1], ["a"]), ([0, 1], ["a", None])],
)
def test_places_outside_the_texts_are_not_believed(tmp_path, places, words):
    bent = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(words, pa.string()), safe=False)
    table = pa.table({"a": bent, "_row": pa.array([2, 3], pa.int64())})
    with pa.OSFile(str(tmp_path / handover.CELLS), "wb") as stream, pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    rest = {"columns": ["a"], "format": "csv", "header_row": 1, "encoding": None, "delimiter": None, "sheet": None}
    with pytest.raises(handover.Untrustworthy):
        handover.read_table(tmp_path, {**rest, "ragged": [], "notes": [], "labels": {}})
