"""One table in every format gives one report; a missing code that only the file declares is stopped."""

import io
import json
import zipfile

import pandas as pd
import pyreadstat
import pytest

from data.contracts.model import MISSING_STATUS, Contract
from quality.check import check_file
from quality.intake import submit

pytestmark = pytest.mark.archive

ROWS = {"id": ["01", "02", "03"], "age": [30, 41, -9]}


def contract(**age):
    return Contract.model_validate(
        {
            "name": "small",
            "version": "1.0",
            "title": {"en": "Small", "zh": "小"},
            "description": {"en": "Small", "zh": "小"},
            "unit": "person",
            "grain": "one row per id",
            "source_kind": "survey",
            "key": ["id"],
            "columns": [
                {"name": "id", "type": "string", "label": {"en": "Id", "zh": "编号"}, "required": True},
                {"name": "age", "type": "integer", "label": {"en": "Age", "zh": "年龄"}, **age},
            ],
        }
    )


KNOWN = contract(missing_codes={"-9": "refused"})


def written(folder, kind):
    """Write the table; the name says nothing about the format."""
    path, frame = folder / "from_the_field", pd.DataFrame(ROWS)
    text = frame.to_csv(index=False)
    if kind == "sav":
        pyreadstat.write_sav(frame, str(path), missing_ranges={"age": [-9]})
    elif kind in ("dta", "xlsx", "parquet"):
        stream = io.BytesIO()
        {"dta": frame.to_stata, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[kind](
            stream, **({"write_index": False} if kind == "dta" else {"index": False})
        )
        path.write_bytes(stream.getvalue())
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("table.csv", text)
    else:
        lines = [json.dumps(row) for row in frame.to_dict("records")]
        contents = {"csv": text, "json": f"[{','.join(lines)}]", "ndjson": "\n".join(lines)}
        path.write_text(contents[kind], encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "json", "ndjson", "zip", "sav", "dta"])
def test_one_table_in_every_format_gives_one_report(tmp_path, kind):
    report = check_file(written(tmp_path, kind), KNOWN)
    assert report.ok
    assert report.good.select(["id", "age", "age__st", "_row"]).to_pylist() == [
        {"id": "01", "age": 30, "age__st": 0, "_row": 2},
        {"id": "02", "age": 41, "age__st": 0, "_row": 3},
        {"id": "03", "age": None, "age__st": MISSING_STATUS["refused"], "_row": 4},
    ]


def test_a_missing_code_that_only_the_file_declares_stops_it(tmp_path):
    report = check_file(written(tmp_path, "sav"), contract())
    assert not report.enters
    told = next(problem for problem in report.problems if problem.code == "E-MISS-01")
    assert (told.column, told.count) == ("age", 1)
    assert "-9 to be missing (1 cells)" in told.message.en
    assert check_file(written(tmp_path, "csv"), contract()).enters  # nothing is declared there


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["sav", "json", "zip"])
def test_the_new_formats_are_taken_in_and_their_twins_in_csv_change_nothing(tmp_path, workspace, kind):
    def send(file):
        return submit(file, contract=KNOWN, zone="deqing", actor="staff", workspace=workspace)

    first = send(written(tmp_path, kind))
    assert (first.status, first.rows_accepted) == ("accepted", 3)
    again = send(written(tmp_path, "csv"))
    assert (again.rows_accepted, again.rows_unchanged) == (0, 3)
