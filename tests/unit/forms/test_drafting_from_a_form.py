"""XLSForm → contracts: languages, choices, constraints, relevance, repeats; what is not kept is said."""

import pytest

from data.contracts import load_contract
from data.forms import draft_contracts, draft_next_version, read_form
from data.messages import Refused
from tests.unit.forms.conftest import CHOICES, SETTINGS, SURVEY


def said(draft):
    return " | ".join(note.en for note in draft.notes)


def test_labels_stand_in_every_language_without_markup(people):
    age = people.column("age")
    assert (age.label.en, age.label.zh, age.translations["Twi (tw)"].label) == ("Age", "年龄", "Mfie")
    assert people.column("uses_ai").translations["Twi (tw)"].codes == {"1": "Aane", "0": "Daabi"}


def test_choices_become_codes_and_those_that_say_why_there_is_no_answer_reasons(people):
    uses = people.column("uses_ai")
    assert uses.type == "integer"
    assert {code: label.zh for code, label in uses.codes.items()} == {"1": "是", "0": "否"}
    assert uses.missing_codes == {"-999": "dont_know"}


def test_a_constraint_becomes_a_range_and_the_codes_beside_it(people, drafts):
    age = people.column("age")
    assert (age.minimum, age.maximum, age.missing_codes) == (18, 99, {"-999": "dont_know"})
    hours = people.column("hours")
    assert (hours.minimum, hours.maximum) == (None, None)
    assert "hours: the constraint . > 0 and . <= ${age} is not kept" in said(drafts[0])


def test_relevance_is_kept_with_the_columns_own_names(people):
    assert people.column("tools").asked_if == "${uses_ai} = '1'"
    assert people.column("other_tool").asked_if == "selected(${tools}, 'other')"
    assert people.column("other_tool").required


def test_select_multiple_gives_one_column_per_choice_beside_the_whole(people):
    assert people.column("tools").type == "string"
    chat = people.column("tools_chat")
    assert (chat.type, chat.split.of, chat.split.choice) == ("boolean", "tools", "chat")
    assert {"tools/chat", "person-tools/chat", "person/tools/chat"} <= set(chat.aliases)


def test_a_repeat_is_a_table_of_its_own_keyed_by_its_submission_and_place(jobs, drafts):
    assert jobs.name == "ai_work_job"
    assert jobs.key == ("instance_id", "entry_no")
    assert (jobs.parent.contract, jobs.parent.path, jobs.parent.position) == ("ai_work", "job", "entry_no")
    assert "job_hours" not in {column.name for column in drafts[0].contract.columns}
    assert "The repeat as a whole is asked only if ${age} >= 18" in said(drafts[1])


def test_devices_and_places_are_direct_identifiers_and_no_answer_is_shown(people):
    assert {people.column(name).sensitivity for name in ("deviceid", "place", "place_latitude")} == {"direct"}
    assert people.column("hours").sensitivity == "sensitive"


def test_the_form_is_an_instrument_version_of_the_wave(people, form):
    (version,) = people.instruments
    assert (version.version, version.form_sha256, people.wave_column) == ("2026030401", form.sha256, "wave")


def test_the_draft_reads_back_from_its_file_and_carries_what_was_not_kept(drafts, tmp_path):
    for draft in drafts:
        path = tmp_path / "draft.yml"
        path.write_text(draft.yaml, encoding="utf-8")
        assert load_contract(path) == draft.contract
    assert "# hours: the constraint" in drafts[0].yaml


def test_a_form_with_mistakes_is_refused_with_its_place(write_form, tmp_path):
    broken = [*SURVEY[:3], ["begin group", "a", "A", "", "", "", "", ""]]
    with pytest.raises(Refused, match="E-FORM-01") as refusal:
        read_form(write_form(tmp_path / "broken.xlsx", survey=broken))
    assert "pyxform" in refusal.value.text.zh


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_text("type,name,label\ntext,a,A\n")
    with pytest.raises(Refused, match="E-FILE-01"):
        read_form(path)


def test_one_code_for_two_answers_is_said(write_form, tmp_path):
    doubled = [*CHOICES, ["tool", "chat", "Chatbot", "聊天机器人", ""]]
    draft = draft_contracts(read_form(write_form(tmp_path / "twice.xlsx", choices=doubled)), "twice")[0]
    assert "tools: the codes chat stand for two answers each" in said(draft)
    assert draft.contract.column("tools_chat").label.en == "Tools: Chat | Chatbot"


CHANGED = [
    *CHOICES[:1],
    ["yesno", "1", "Yes, at work", "是，工作中", ""],
    ["yesno", "2", "Yes, at home", "是，在家", ""],
    *CHOICES[2:],
]


@pytest.fixture(scope="session")
def later(write_form, tmp_path_factory):
    """The form of the third wave: another frame for one item, one question dropped, one new."""
    survey = [row for row in SURVEY if row[1] != "seen"]
    survey.insert(4, ["text", "mood", "Mood", "心情", "", "", "", "yes"])
    settings = [SETTINGS[0], [*SETTINGS[1][:2], "2027"]]
    path = tmp_path_factory.mktemp("later") / "form.xlsx"
    form = read_form(write_form(path, survey=survey, choices=CHANGED, settings=settings))
    return draft_contracts(form, "ai_work")[0]


def test_a_later_form_becomes_an_instrument_version_and_names_the_item_whose_codes_changed(people, later):
    joined = draft_next_version(people, later, "3")
    first, second = joined.contract.instruments
    assert (first.version, second.version, second.waves) == ("2026030401", "2027", ("3",))
    assert set(first.codes["uses_ai"]) == {"1", "0"}
    assert set(second.codes["uses_ai"]) == {"1", "2", "0"}
    assert (second.absent, first.absent) == (("seen",), ("mood",))
    assert joined.contract.version == "1.1"
    assert "uses_ai: its codes changed since version 2026030401" in said(joined)
    assert "it would be 1: ?, 0: 0" in said(joined)


def test_a_wave_or_version_that_is_there_already_is_refused(people, later):
    joined = draft_next_version(people, later, "3").contract
    with pytest.raises(Refused, match="has instrument version 2027 already"):
        draft_next_version(joined, later, "4")
