"""What `write_files` and `deliver` promise: files as staff send them, the same bytes again, faults where they are said to be."""

import csv
import hashlib
import io
import json
import zipfile

import pandas as pd
import pytest

from data.contracts import load_contract
from data.demo import deliver, load_manifest, write_files
from data.demo.workbook import workbook_bytes
from data.messages import NotFound
from data.paths import Workspace

pytestmark = pytest.mark.integration  # a whole programme is written, twice
SEED, SCALE = 11, 0.1


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("demo") / "home")
    manifest = write_files(workspace, SEED, SCALE)
    truth = json.loads((manifest.folder / "truth.json").read_text(encoding="utf-8"))
    return workspace, manifest, truth


def _path(manifest, name):
    (found,) = [manifest.folder / file.path for file in manifest.files if file.path.endswith("/" + name)]
    return found


def _cells(path, encoding="utf-8", delimiter=","):
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=delimiter))


def _sheet(path):
    from openpyxl import load_workbook

    return [list(row) for row in load_workbook(io.BytesIO(path.read_bytes())).worksheets[0].iter_rows(values_only=True)]


def _place(headers, contract, column):
    """Return where a column stands, under the contract's name or the header staff use."""
    return next(
        i for i, name in enumerate(headers) if name in (column, *load_contract(contract).column(column).aliases)
    )


def test_second_run_writes_the_same_bytes(written, tmp_path):
    _, manifest, _ = written
    again = write_files(Workspace(tmp_path), SEED, SCALE)
    assert again.files == manifest.files
    names = ("manifest.json", "truth.json")
    assert all((again.folder / name).read_bytes() == (manifest.folder / name).read_bytes() for name in names)


def test_manifest_describes_what_lies_there(written):
    _, manifest, _ = written
    assert load_manifest(manifest.folder) == manifest
    for file in manifest.files:
        content = (manifest.folder / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)


def test_missing_manifest_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match="E-DEMO-02"):
        load_manifest(tmp_path)


def test_everything_is_marked_simulated(written):
    _, manifest, truth = written
    assert truth["SIMULATED"] is True
    assert json.loads((manifest.folder / "manifest.json").read_text(encoding="utf-8"))["SIMULATED"] is True
    assert all(file.path.rsplit("/", 1)[1].startswith("SIMULATED_") for file in manifest.files)


def test_file_names_carry_wave_quarter_or_month(written):
    _, manifest, _ = written
    names = pd.Series([file.path.rsplit("/", 1)[1] for file in manifest.files])
    assert names[names.str.contains("clinic_visit")].str.contains(r"_W[1-4]").all()
    assert names[names.str.contains("organisation_quarter")].str.contains(r"_\d{4}Q1-\d{4}Q4").all()
    assert names[names.str.contains("traffic_hour")].str.contains(r"_2025-0[1-6]\.").all()


def test_chinese_workbook(written):
    rows = _sheet(_path(written[1], "SIMULATED_clinic_visit_beijing_W1.xlsx"))
    assert rows[0][:3] == ["受访者编号", "轮次", "诊所编号"]
    assert rows[1][3].year == 2024  # a date cell, not text
    assert rows[1][-1] is True


def test_gb18030_file_is_not_utf8(written):
    path = _path(written[1], "SIMULATED_clinic_visit_chengdu_W1.csv")
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
    assert _cells(path, "gb18030")[0][0] == "受访者编号"


def test_byte_order_mark_and_semicolons(written):
    assert _path(written[1], "SIMULATED_clinic_visit_hefei_W1.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    cells = _cells(_path(written[1], "SIMULATED_clinic_visit_jinan_W1.csv"), delimiter=";")
    assert cells[0][0] == "受访者编号"
    assert len(cells[0]) == len(cells[1]) > 5


def test_one_sensor_file_is_parquet(written):
    frame = pd.read_parquet(_path(written[1], "SIMULATED_traffic_hour_beijing_2025-06.parquet"))
    assert frame["observed_at"].dt.month.unique().tolist() == [6]


def test_missing_codes_are_written_as_staff_type_them(written):
    cells = _cells(_path(written[1], "SIMULATED_traffic_hour_beijing_2025-01.csv"))
    speeds = [row[cells[0].index("speed_kmh")] for row in cells[1:]]
    assert "-9" in speeds
    assert "-9.0" not in speeds


def test_planted_cells_lie_where_truth_says(written):
    _, manifest, truth = written
    shown = {"E-TYPE-01": "2025-02-30", "E-CODE-01": 7, "E-RANGE-01": 9999, "E-REQ-01": None}
    for fault in truth["planted"]:
        if fault["contract"] != "clinic_visit" or fault["code"] not in shown:
            continue
        rows = _sheet(_path(manifest, fault["file"]))
        place = _place(rows[0], fault["contract"], fault["column"])
        assert rows[fault["rows"][0] - 1][place] == shown[fault["code"]]


def test_key_twice_points_at_both_rows(written):
    _, manifest, truth = written
    (fault,) = [fault for fault in truth["planted"] if fault["code"] == "E-KEY-01"]
    cells = _cells(_path(manifest, fault["file"]), "gb18030")
    first, second = (cells[row - 1] for row in fault["rows"])
    assert first[0] == second[0]
    assert first != second


def test_draft_lacks_the_column_and_scan_cannot_be_opened(written):
    _, manifest, truth = written
    rejected = {fault["code"]: fault for fault in truth["planted"] if fault["expect"] == "rejected"}
    assert set(rejected) == {"E-COL-01", "E-FILE-01"}
    assert "诊所编号" not in _cells(_path(manifest, rejected["E-COL-01"]["file"]))[0]
    assert not zipfile.is_zipfile(_path(manifest, rejected["E-FILE-01"]["file"]))


def test_one_file_is_sent_twice(written):
    _, manifest, truth = written
    (fault,) = [fault for fault in truth["planted"] if fault["expect"] == "duplicate"]
    shas = [file.sha256 for file in manifest.files]
    copy = next(file for file in manifest.files if file.path.endswith(fault["file"]))
    assert shas.count(copy.sha256) == 2
    assert len(set(shas)) == len(shas) - 1


def test_correction_changes_waits_of_people_already_sent(written):
    _, manifest, truth = written
    (fault,) = [fault for fault in truth["planted"] if fault["expect"] == "corrected"]
    (file,) = [file for file in manifest.files if file.is_correction]
    assert file.path.endswith(f"corrections/{fault['file']}")
    before = {row[0]: row for row in _sheet(_path(manifest, "SIMULATED_clinic_visit_hangzhou_W2.xlsx"))[1:]}
    after = _sheet(manifest.folder / file.path)
    place = _place(after[0], "clinic_visit", "wait_min")
    assert list(range(2, len(after) + 1)) == fault["rows"]
    for row in after[1:]:
        assert before[row[0]][place] == pytest.approx(min(600.0, row[place] * 10))
        assert before[row[0]][:place] == row[:place]


def test_deliver_fills_the_inbox_and_leaves_no_halves(written):
    workspace, manifest, _ = written
    assert deliver(workspace, manifest) == len(manifest.files)
    assert deliver(workspace, manifest) == len(manifest.files)
    found = {path.relative_to(workspace.inbox).as_posix() for path in workspace.inbox.rglob("*") if path.is_file()}
    assert found == {file.path.removeprefix("files/") for file in manifest.files}


def test_workbook_takes_dates_booleans_and_blanks():
    frame = pd.DataFrame({"a": [1, 2], "b": [True, False], "c": ["x", None], "d": [float("nan"), 2.5]})
    again = workbook_bytes(frame, title="S")
    assert again == workbook_bytes(frame, title="S")
    rows = pd.read_excel(io.BytesIO(again), engine="openpyxl").astype(object)
    assert rows["c"].isna().tolist() == [False, True]
    assert rows["d"].isna().tolist() == [True, False]
