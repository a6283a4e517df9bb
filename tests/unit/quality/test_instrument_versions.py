"""An item whose codes change between waves is caught at the gate, by item, version and codes, and not appended."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from data.contracts import Contract
from data.contracts.frames import frame, frame_changes, instrument_of
from data.readers import RawTable, read_content
from quality.check import check_file
from quality.columns import match_columns
from quality.instruments import label_problems

pytestmark = pytest.mark.archive


def texts(*names):
    return {str(place): {"en": name, "zh": name} for place, name in enumerate(names, start=1)}


OLD = texts("employed", "unemployed", "retired")
NEW = {**texts("employee", "self-employed", "unemployed", "retired"), "9": {"en": "other", "zh": "其他"}}
CONCORDANCE = {
    "column": "job",
    "before": "2024",
    "after": "2026",
    "pairs": {"1": None, "2": "3", "3": "4"},
    "reason": {"en": "1 was split into 1 and 2", "zh": "1 拆分为 1 和 2"},
}


def contract(**more):
    column = {"type": "string", "required": True}
    return Contract.model_validate(
        {
            "name": "panel",
            "version": "1.0",
            "title": {"en": "Panel", "zh": "面板"},
            "description": {"en": "Panel", "zh": "面板"},
            "unit": "person",
            "grain": "one row per person and wave",
            "scope": "programme",
            "source_kind": "survey",
            "key": ["person", "wave"],
            "wave_column": "wave",
            "instruments": [
                {"version": "2024", "waves": ["1", "2"], "codes": {"job": OLD}, "absent": ["ai_use"]},
                {"version": "2026", "waves": ["3"], "codes": {"job": NEW}},
            ],
            "concordances": [CONCORDANCE],
            "columns": [
                {"name": "person", "label": {"en": "Person", "zh": "人员"}, **column},
                {"name": "wave", "label": {"en": "Wave", "zh": "轮次"}, "source": "wave", **column},
                {"name": "form", "type": "string", "label": {"en": "Form", "zh": "问卷版本"}},
                {"name": "job", "type": "integer", "label": {"en": "Job", "zh": "就业"}, "codes": {**OLD, **NEW}},
                {"name": "ai_use", "type": "integer", "label": {"en": "AI use", "zh": "使用"}},
            ],
            **more,
        }
    )


@pytest.fixture
def report(tmp_path):
    def check(*lines, header="person,wave,job", agreed=None, wave=None):
        path = tmp_path / "wave.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return check_file(path, agreed or contract(), wave=wave)

    return check


def test_each_wave_is_judged_by_its_own_frame(report):
    assert report("a,1,3", "b,2,1", "a,3,9").ok


def test_a_wave_in_another_versions_codes_is_not_taken_in(report):
    found = report("a,3,1", "b,3,9", "a,1,4", "b,1,2")
    (told,) = [told for told in found.problems if told.code == "E-INST-01"]
    assert not found.enters
    assert told.column == "job"
    assert "the codes 4 do not belong to instrument version 2024" in told.message.en
    assert "version 2026" in told.message.en
    assert "2024" in told.message.zh


def test_one_wrong_code_among_the_waves_own_is_a_row_and_not_a_version(report):
    found = report("a,1,3", "b,1,8")
    assert [(told.code, told.row) for told in found.problems] == [("E-CODE-01", 3)]
    assert found.rows_good == 1


def test_the_wave_may_come_from_the_submission(report):
    found = report("a,4", "b,1", header="person,job", wave="2")
    assert "E-INST-01" in [told.code for told in found.problems]


def test_a_wave_without_a_version_is_told(report):
    assert [told.code for told in report("a,7,1").problems] == ["E-INST-03"]


def test_a_version_with_open_waves_takes_the_rest(report):
    versions = [{"version": "2024", "waves": ["1"], "codes": {"job": OLD}}, {"version": "2026"}]
    loose = contract(instruments=versions)
    assert report("a,1,3", "a,7,9", agreed=loose).ok
    assert instrument_of(loose, "7").version == "2026"
    assert instrument_of(contract(), "7") is None


def test_the_same_codes_with_other_meanings_show_by_the_version_that_the_file_says(report):
    told = contract(instrument_column="form")
    found = report("a,3,1,2026", "b,3,1,2024", header="person,wave,job,form", agreed=told)
    assert [(each.code, each.row) for each in found.problems] == [("E-INST-02", 3)]


def test_an_answer_to_what_the_version_did_not_ask_is_told(report):
    found = report("a,1,1,5", "a,3,1,5", header="person,wave,job,ai_use")
    assert [(each.code, each.row) for each in found.problems] == [("E-INST-04", 2)]


def test_changes_between_versions_name_codes_that_kept_their_number_and_changed_their_meaning():
    kinds = {change.kind: change.codes for change in frame_changes(contract())}
    assert kinds == {"recoded": ("1", "2", "3"), "added": ("4", "9")}
    assert set(frame(contract(), "job", None)) == {"1", "2", "3", "4", "9"}


@pytest.mark.parametrize(
    ("instruments", "told"),
    [
        ([{"version": "a", "waves": ["1"]}, {"version": "b", "waves": ["1"]}], "stand twice"),
        ([{"version": "a"}, {"version": "b"}], "only one"),
        ([{"version": "a", "codes": {"job": texts(*"abcdefgh")}}], "does not declare"),
        ([{"version": "a", "absent": ["nobody"]}], "not declared"),
    ],
)
def test_versions_that_contradict_the_contract_are_refused(instruments, told):
    with pytest.raises(ValueError, match=told):
        contract(instruments=instruments, concordances=[])


def test_an_item_whose_codes_changed_is_not_taken_in_before_somebody_says_how_they_correspond(report):
    """The values fit both versions, so nothing but the declared frames shows that 1 is another answer now."""
    found = report("a,1,3", "a,3,1", agreed=contract(concordances=[]))
    (told,) = found.problems
    assert (told.code, told.column, found.enters) == ("E-INST-05", "job", False)
    assert "1 was employed, is employee" in told.message.en
    assert "concordances" in told.message.en
    assert "1 原为“employed”，现为“employee”" in told.message.zh


def test_waves_of_the_earlier_version_and_unanswered_items_need_no_concordance(report):
    loose = contract(concordances=[])
    assert report("a,1,3", "b,2,1", agreed=loose).ok
    assert report("a,3", header="person,wave", agreed=loose).ok
    assert report("a,3,", agreed=loose).ok


@pytest.mark.parametrize(
    "pairs", [{"1": None, "2": "3"}, {"1": "7", "2": "3", "3": "4"}, {"1": None, "2": "3", "3": "4", "4": "4"}]
)
def test_a_concordance_speaks_of_every_earlier_code_and_of_no_unknown_one(pairs):
    with pytest.raises(ValueError, match="pairs must name"):
        contract(concordances=[{**CONCORDANCE, "pairs": pairs}])


@dataclass(frozen=True)
class Labelled(RawTable):
    """What the readers of statistics packages return: the file's own labels beside the cells."""

    labels: dict = field(default_factory=dict)


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        ({"1": "Employed", "2": "unemployed"}, []),
        ({"1": "unemployed", "2": "employed"}, ["E-INST-06"]),
        ({"1": "in work", "2": "unemployed"}, ["W-INST-07"]),
    ],
)
def test_labels_inside_the_file_that_say_another_meaning_are_caught(labels, codes):
    plain = read_content(b"person,wave,job\na,1,1\n")
    raw = Labelled(**{**vars(plain), "labels": {"job": SimpleNamespace(value_labels=labels)}})
    agreed = contract()
    found = label_problems(raw, agreed, match_columns(raw, agreed))
    assert [told.code for told in found] == codes
    assert all(told.column == "job" for told in found)
