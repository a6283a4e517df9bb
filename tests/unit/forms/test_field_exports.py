"""Exports of ODK Central, KoboToolbox and SurveyCTO, as CSV, zip and JSON, come to one table by the form's contract."""

import io
import json
import zipfile

import pytest

from data.messages import Refused
from data.readers import read_content
from quality.check import check_file

pytestmark = pytest.mark.archive

ANSWERS = {"age": 40, "uses_ai": 1, "tools": "chat other", "other_tool": "loom", "hours": 2.5}
CONTEXT = {"zone": "hefei", "wave": "1"}

CENTRAL = (
    "SubmissionDate,start,deviceid,person-age,person-uses_ai,person-tools,person-tools/chat,person-tools/draw,"
    "person-tools/other,person-other_tool,hours,seen,place-Latitude,place-Longitude,place-Altitude,place-Accuracy,"
    "meta-instanceID,KEY,FormVersion\n"
    "2026-03-04T10:00:00.000Z,2026-03-04T09:00:00.000+08:00,dev,40,1,chat other,1,0,1,loom,2.5,2026-03-04,"
    "31.8,117.2,30,5,uuid:a,uuid:a,2026030401\n"
    "2026-03-04T11:00:00.000Z,2026-03-04T10:00:00.000+08:00,dev,-999,0,,,,,,,2026-03-05,,,,,uuid:b,uuid:b,2026030401\n"
)
CENTRAL_JOBS = (
    "job_title,job_hours,PARENT_KEY,KEY\n"
    "weaver,30,uuid:a,uuid:a/job[1]\n"
    "teacher,10,uuid:a,uuid:a/job[2]\n"
    "smith,40,uuid:b,uuid:b/job[1]\n"
)
SURVEYCTO = (
    '"SubmissionDate","starttime","start","deviceid","age","uses_ai","tools","tools_chat","tools_draw","tools_other",'
    '"other_tool","hours","seen","place-Latitude","place-Longitude","job_count","job_title_1","job_hours_1","job_title_2",'
    '"job_hours_2","instanceID","formdef_version","KEY"\n'
    '"Mar 4, 2026 6:00:00 PM","","Mar 4, 2026 9:00:00 AM","dev","40","1","chat other","1","0","1","loom","2.5",'
    '"Mar 4, 2026","31.8","117.2","2","weaver","30","teacher","10","uuid:a","2026030401","uuid:a"\n'
    '"Mar 4, 2026 7:00:00 PM","","Mar 4, 2026 10:00:00 AM","dev","-999","0","","","","","","","Mar 5, 2026","","","1",'
    '"smith","40","","","uuid:b","2026030401","uuid:b"\n'
)
KOBO = {
    "count": 2,
    "next": None,
    "results": [
        {
            "_id": 1,
            "_uuid": "uuid:a",
            "__version__": "2026030401",
            "start": "2026-03-04T09:00:00.000+08:00",
            "deviceid": "dev",
            "person/age": "40",
            "person/uses_ai": "1",
            "person/tools": "chat other",
            "person/other_tool": "loom",
            "hours": "2.5",
            "seen": "2026-03-04",
            "place": "31.8 117.2 30 5",
            "_geolocation": [31.8, 117.2],
            "_attachments": [],
            "_tags": [],
            "job": [
                {"job/job_title": "weaver", "job/job_hours": "30"},
                {"job/job_title": "teacher", "job/job_hours": "10"},
            ],
        },
        {
            "_id": 2,
            "_uuid": "uuid:b",
            "__version__": "2026030401",
            "start": "2026-03-04T10:00:00.000+08:00",
            "person/age": "-999",
            "person/uses_ai": "0",
            "seen": "2026-03-05",
            "job": [{"job/job_title": "smith", "job/job_hours": "40"}],
        },
    ],
}
ODATA = {
    "@odata.context": "https://central.example.org/v1/projects/1/forms/ai_work.svc/$metadata#Submissions",
    "value": [
        {
            "__id": "uuid:a",
            "__system": {"submissionDate": "2026-03-04T10:00:00.000Z", "formVersion": "2026030401"},
            "start": "2026-03-04T09:00:00.000+08:00",
            "deviceid": "dev",
            "person": {"age": 40, "uses_ai": "1", "tools": "chat other", "other_tool": "loom"},
            "hours": 2.5,
            "seen": "2026-03-04",
            "place": {"type": "Point", "coordinates": [117.2, 31.8, 30], "properties": {"accuracy": 5}},
            "job@odata.navigationLink": "Submissions('uuid%3Aa')/job",
            "job": [
                {"__id": "1f", "job_title": "weaver", "job_hours": 30},
                {"__id": "2f", "job_title": "teacher", "job_hours": 10},
            ],
        },
        {
            "__id": "uuid:b",
            "__system": {"submissionDate": "2026-03-04T11:00:00.000Z", "formVersion": "2026030401"},
            "start": "2026-03-04T10:00:00.000+08:00",
            "person": {"age": -999, "uses_ai": "0", "tools": None, "other_tool": None},
            "hours": None,
            "seen": "2026-03-05",
            "place": None,
            "job": [{"__id": "3f", "job_title": "smith", "job_hours": 40}],
        },
    ],
}


def packed(**tables):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return sink.getvalue()


EXPORTS = {
    "Central CSV": CENTRAL.encode(),
    "Central zip": packed(ai_work=CENTRAL, **{"ai_work-job": CENTRAL_JOBS}),
    "SurveyCTO wide CSV": SURVEYCTO.encode(),
    "Kobo JSON": json.dumps(KOBO).encode(),
    "Central OData": json.dumps(ODATA).encode(),
}
REPEATS = {name: content for name, content in EXPORTS.items() if name != "Central CSV"} | {
    "Central CSV of the repeat": CENTRAL_JOBS.encode(),
    "Central OData of the repeat": json.dumps(
        {
            "value": [
                {"__id": "1f", "__Submissions-id": "uuid:a", "job_title": "weaver", "job_hours": 30},
                {"__id": "2f", "__Submissions-id": "uuid:a", "job_title": "teacher", "job_hours": 10},
                {"__id": "3f", "__Submissions-id": "uuid:b", "job_title": "smith", "job_hours": 40},
            ]
        }
    ).encode(),
}


def good(tmp_path, content, contract):
    path = tmp_path / "export"
    path.write_bytes(content)
    report = check_file(path, contract, **CONTEXT)
    assert [told for told in report.problems if told.severity == "error"] == []
    return report.good


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_gives_the_same_submissions(tmp_path, people, name):
    table = good(tmp_path, EXPORTS[name], people)
    assert table["instance_id"].to_pylist() == ["uuid:a", "uuid:b"]
    assert table["age"].to_pylist() == [40, None]
    assert table["age__st"].to_pylist() == [0, 1]
    assert table["tools"].to_pylist() == ["chat other", None]
    assert table["tools_chat"].to_pylist() == [True, None]
    assert table["tools_draw"].to_pylist() == [False, None]
    assert table["other_tool__st"].to_pylist() == [0, 8]
    assert table["seen"].to_pylist() == sorted(table["seen"].to_pylist())
    assert table["place_latitude"].to_pylist() == [31.8, None]
    assert table["place_longitude"].to_pylist() == [117.2, None]
    assert table["start"][0].as_py().isoformat() == "2026-03-04T01:00:00+00:00"
    assert table["form_version"].to_pylist() == ["2026030401"] * 2


@pytest.mark.parametrize("name", REPEATS)
def test_every_export_gives_the_same_entries_of_a_repeat(tmp_path, jobs, name):
    table = good(tmp_path, REPEATS[name], jobs)
    assert table.select(["instance_id", "entry_no", "job_title", "job_hours"]).to_pylist() == [
        {"instance_id": "uuid:a", "entry_no": 1, "job_title": "weaver", "job_hours": 30},
        {"instance_id": "uuid:a", "entry_no": 2, "job_title": "teacher", "job_hours": 10},
        {"instance_id": "uuid:b", "entry_no": 1, "job_title": "smith", "job_hours": 40},
    ]


def notes(content, contract):
    return {note.code: note.values for note in read_content(content, contract=contract).notes}


def test_what_a_table_leaves_out_is_said(people, jobs):
    assert notes(EXPORTS["Central OData"], people)["W-REP-02"] == {"cols": "job"}
    assert notes(EXPORTS["Kobo JSON"], jobs)["W-REP-01"] == {"repeat": "job"}
    assert notes(EXPORTS["Central zip"], people)["W-SHEET-01"] == {"sheet": "ai_work.csv", "others": "ai_work-job.csv"}


def test_entries_of_an_inner_repeat_belong_to_the_submission(jobs):
    inner = "job_title,job_hours,PARENT_KEY,KEY\na,1,uuid:x/outer[1],1\nb,1,uuid:x/outer[2],2\nc,1,uuid:y/outer[1],3\n"
    raw = read_content(inner.encode(), contract=jobs)
    assert raw.table.select(["PARENT_KEY", "entry_no"]).to_pydict() == {
        "PARENT_KEY": ["uuid:x", "uuid:x", "uuid:y"],
        "entry_no": ["1", "2", "1"],
    }


def test_entries_of_a_wide_inner_repeat_are_counted_over_the_submission(jobs):
    heads = "KEY,job_title_1_1,job_hours_1_1,job_title_1_2,job_hours_1_2,job_title_2_1,job_hours_2_1"
    wide = f"{heads}\nuuid:x,a,1,b,2,c,3\nuuid:y,,,,,d,4\n"
    raw = read_content(wide.encode(), contract=jobs)
    found = [(row["instance_id"], row["entry_no"], row["job_title"]) for row in raw.table.to_pylist()]
    assert found == [("uuid:x", "1", "a"), ("uuid:x", "2", "b"), ("uuid:x", "3", "c"), ("uuid:y", "1", "d")]


@pytest.mark.parametrize(
    "content",
    [
        b'[{"_uuid": "a", "q": 1, "q": 2}]',
        b'[{"_uuid": "a", "q": NaN}]',
        b'[{"_uuid": "a", "q": 1',
        b'{"_uuid": "a", "g": ' + b'{"g":' * 40 + b"1" + b"}" * 41,
    ],
    ids=["a name twice", "no JSON", "cut", "too deep"],
)
def test_damaged_json_is_refused(people, content):
    with pytest.raises(Refused, match="E-FILE-01"):
        read_content(content, contract=people)


def test_a_zip_in_which_no_table_is_plainly_the_contracts_is_refused(people):
    twins = packed(a=CENTRAL, b=CENTRAL)
    with pytest.raises(Refused, match="several tables"):
        read_content(twins, contract=people)


def test_numbers_stay_as_they_are_written():
    raw = read_content(b'[{"KEY": "a", "q": 0.10, "r": 12345678901234567890}]')
    assert raw.table.select(["q", "r"]).to_pylist() == [{"q": "0.10", "r": "12345678901234567890"}]
