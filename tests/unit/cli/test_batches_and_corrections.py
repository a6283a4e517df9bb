"""The review of a delivery by command: what each answer says, who must act next, and what is never printed."""

import pytest

from tests.unit.review.review_house import ACCESS, CONTRACT

HEADER = "person_id,score,remark"


@pytest.fixture
def files(tmp_path, workspace):
    """Return a function that writes a file; the contract and the access list lie ready."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    (tmp_path / "review_try.yml").write_text(CONTRACT, encoding="utf-8")

    def write(name, *lines, header=HEADER):
        (tmp_path / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return tmp_path / name

    return write


def about(files, *more):
    return ("--contract", files("x.csv").parent / "review_try.yml", "--zone", "deqing", "--as", "staff.one", *more)


@pytest.mark.integration
def test_from_submission_to_approval_and_what_a_second_file_would_change(zonelab, files):
    sent = zonelab("submit", files("a.csv", "01,1,secret words", "02,2,"), *about(files), "--json").document
    delivery = sent["submission_id"]
    (listed,) = zonelab("batch", "list", "--state", "validated", "--json").document
    assert (listed["id"], listed["next"][0]["role"]) == (delivery, "data_steward")
    assert listed["next"][0]["command"] == f"zonelab batch take-up {delivery} --as USER"
    zonelab("batch", "take-up", delivery, "--as", "steward.one")
    asked = zonelab("batch", "issue", delivery, "--at", "3:score:too low", "--as", "steward.one", "--json").document
    assert (asked["state"], asked["next"][0]["role"]) == ("has_issues", "zone_lead")
    items = files("c.csv", "3,score,2,7,replace,misread", header="row,variable,old,new,action,reason")
    made = zonelab("correct", "propose", items, "--batch", delivery, "--as", "lead.one", "--json").document
    assert made["next"][0]["command"] == f"zonelab correct accept {made['id']} --as USER"
    assert made["cells"][0] == {
        "row": 3, "variable": "score", "action": "replace", "old": "2", "new": "7", "reason": "misread",
    }  # fmt: skip
    assert zonelab("correct", "accept", made["id"], "--as", "lead.one").code == 3
    assert zonelab("correct", "accept", made["id"], "--as", "steward.one").code == 0
    assert zonelab("batch", "approve", delivery, "--as", "steward.one", "--json").document["state"] == "approved"
    again = files("b.csv", "01,1,other words", "02,2,", "03,3,")
    found = zonelab("check", again, *about(files), "--against-archive", "--json").document["against_archive"]
    assert {name: found[name] for name in ("new", "changed", "same", "missing")} == {
        "new": 1, "changed": 2, "same": 0, "missing": 0,
    }  # fmt: skip
    shown = zonelab("check", again, *about(files), "--against-archive")
    assert "1 new, 2 changed, 0 the same" in shown.out
    assert "words" not in shown.out


@pytest.mark.integration
def test_returning_and_retracting_by_command(zonelab, files):
    ids = [
        zonelab("submit", files(f"{n}.csv", f"0{n},1,"), *about(files), "--json").document["submission_id"]
        for n in (1, 2)
    ]
    for delivery in ids:
        zonelab("batch", "take-up", delivery, "--as", "steward.one")
    returned = zonelab("batch", "return", ids[0], "--reason", "wrong clinic", "--as", "steward.one", "--json").document
    assert (returned["state"], returned["next"][0]["role"]) == ("returned", "zone_operator")
    zonelab("batch", "approve", ids[1], "--as", "steward.one")
    gone = ("batch", "retract", ids[1], "--withdrawal", "W-2026-01", "--as")
    assert zonelab(*gone, "lead.one").code == 3
    assert zonelab(*gone, "steward.one", "--json").document["state"] == "retracted"
    history = [event["kind"] for event in zonelab("batch", "show", ids[1], "--json").document["history"]]
    assert history[-1] == "batch_retracted"
    assert zonelab("batch", "show", "SUB-2026-0999").code == 4


@pytest.mark.integration
def test_values_of_a_correction_are_shown_to_who_may_read_and_only_of_plain_columns(zonelab, files):
    sent = zonelab("submit", files("a.csv", "01,1,secret words"), *about(files), "--json").document["submission_id"]
    zonelab("batch", "take-up", sent, "--as", "steward.one")
    one = ("--batch", sent, "--row", "2", "--reason", "misread", "--as", "lead.one")
    zonelab("correct", "propose", *one, "--variable", "score", "--old", "1", "--new", "7")
    made = zonelab(
        "correct", "propose", *one, "--variable", "remark", "--old", "secret words", "--new", "odd words", "--json"
    )
    assert made.document["cells"][0]["old"] is None
    for reader, values in (
        (("--as", "lead.one"), ("1", "7")),
        (("--as", "stranger"), (None, None)),
        ((), (None, None)),
    ):
        listed = zonelab("correct", "list", *reader, "--json")
        assert [(item["cells"][0]["old"], item["cells"][0]["new"]) for item in listed.document] == [
            values,
            (None, None),
        ]
        assert "words" not in listed.out
    assert "COR-" in zonelab("correct", "list", "--lang", "zh").out
    rejected = zonelab(
        "correct", "reject", made.document["id"], "--reason", "as written", "--as", "steward.one", "--json"
    )
    assert (rejected.document["state"], rejected.document["decided_by"]) == ("rejected", "steward.one")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "FILE", "--contract", "clinic_visit", "--against-archive"),
        ("check", "FILE", "--contract", "clinic_visit", "--against-archive", "--zone", "deqing"),
        ("batch", "issue", "SUB-2026-0001", "--at", "score:too low", "--as", "steward.one"),
        ("correct", "propose", "--batch", "SUB-2026-0001", "--as", "lead.one"),
        ("correct", "propose", "FILE", "--row", "2", "--batch", "SUB-2026-0001", "--as", "lead.one"),
    ],
)
def test_wrong_usage_is_two(zonelab, files, arguments):
    file = str(files("a.csv", "01,1,"))
    assert zonelab(*(file if part == "FILE" else part for part in arguments)).code == 2
