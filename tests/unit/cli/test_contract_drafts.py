"""`zonelab contract infer | from-xlsform | template`: what is written, where, and what is never overwritten."""

import pytest
from openpyxl import Workbook

pytestmark = pytest.mark.archive


def write_file(path):
    path.write_text("id,minutes\na,3\nb,4\n")
    return path


def write_form(path):
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (["type", "name", "label"], ["integer", "age", "Age"], ["begin repeat", "job", "Job"]):
        sheet.append(row)
    for row in (["text", "title", "Title"], ["end repeat", "", ""]):
        sheet.append(row)
    book.save(path)
    return path


def test_infer_writes_a_contract_that_check_takes(zonelab, tmp_path):
    file, out = write_file(tmp_path / "waits.csv"), tmp_path / "waits.yml"
    (made,) = zonelab("contract", "infer", file, "--name", "waits", "--out", out, "--json").document
    assert (made["contract"], made["key"], made["columns"]) == ("waits", ["id"], 2)
    assert zonelab("check", file, "--contract", out, "--json").document["ok"]


def test_the_draft_goes_where_o_says_and_is_called_so(zonelab, tmp_path):
    out, form = tmp_path / "Waits 2.yml", write_form(tmp_path / "form.xlsx")
    (made,) = zonelab("contract", "infer", write_file(tmp_path / "a.csv"), "-o", out, "--json").document
    assert (made["contract"], made["path"]) == ("waits_2", str(out))
    made = zonelab("contract", "from-xlsform", form, "-o", tmp_path / "jobs.yml", "--json").document
    assert [(each["contract"], each["path"]) for each in made] == [
        ("jobs", str(tmp_path / "jobs.yml")),
        ("jobs_job", str(tmp_path / "jobs_job.yml")),
    ]
    assert zonelab("contract", "template", tmp_path / "jobs.yml", "-o", tmp_path / "jobs.xlsx").code == 0


def test_a_finished_contract_is_not_overwritten(zonelab, tmp_path):
    file, out = write_file(tmp_path / "waits.csv"), tmp_path / "waits.yml"
    out.write_text("finished by hand\n")
    run = zonelab("contract", "infer", file, "--name", "waits", "--out", out, "--lang", "zh")
    assert run.code == 2
    assert "已存在" in run.err
    assert out.read_text() == "finished by hand\n"


def test_a_form_gives_one_contract_per_table(zonelab, tmp_path):
    form = write_form(tmp_path / "form.xlsx")
    made = zonelab("contract", "from-xlsform", form, "--name", "jobs", "--out", tmp_path / "made", "--json").document
    assert [each["contract"] for each in made] == ["jobs", "jobs_job"]
    shown = zonelab("contract", "show", tmp_path / "made" / "jobs_job.yml", "--json").document
    assert shown["parent"]["path"] == "job"


def test_a_later_form_needs_the_wave_it_begins_with(zonelab, tmp_path):
    form = write_form(tmp_path / "form.xlsx")
    zonelab("contract", "from-xlsform", form, "--name", "jobs", "--out", tmp_path / "made")
    since = ("--since", tmp_path / "made" / "jobs.yml")
    assert zonelab("contract", "from-xlsform", form, "--name", "jobs", *since, "--out", tmp_path / "b").code == 2
    again = zonelab("contract", "from-xlsform", form, "--name", "jobs", *since, "--wave", "2", "--out", tmp_path / "b")
    assert again.code == 1
    assert "E-FORM-02" in again.err


def test_the_template_is_written_with_its_version(zonelab, tmp_path):
    out = tmp_path / "visits.xlsx"
    made = zonelab("contract", "template", "clinic_visit", "--out", out, "--json").document
    assert made == {"contract": "clinic_visit", "version": "1.1", "columns": 9, "path": str(out)}
    assert out.read_bytes()[:2] == b"PK"


def test_a_name_that_no_contract_may_have_is_wrong_usage(zonelab, tmp_path):
    assert zonelab("contract", "infer", write_file(tmp_path / "a.csv"), "--name", "My File").code == 2
