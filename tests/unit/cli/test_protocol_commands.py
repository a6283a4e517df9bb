"""`zonelab protocol …`: each command's document, exit codes, and what people read."""

import json
import shutil

import pytest
import yaml

from data.paths import Workspace
from experiments.registry import acts
from experiments.registry.exchange.export import FORMATS
from experiments.registry.store import Registry
from tests.unit.registry import registry_people as people

pytestmark = pytest.mark.archive

SHAPE = {
    "experiment_id",
    "title",
    "version",
    "state",
    "versions",
    "zones",
    "assignment",
    "amendments",
    "deviations",
    "next",
}
STEP = {"what", "role", "who", "command"}
COVER = {"experiment_id", "version", "document_sha256", "audience", "state", "pid", "registered_at"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A workspace in which every protocol is complete, so that commands and not the checker are tested."""
    monkeypatch.setenv("ZONELAB_HOME", str(tmp_path / "home"))

    class Lenient(Registry):
        def __init__(self, workspace, ledger):
            super().__init__(workspace, ledger, people.open_registry(workspace).checks)

    monkeypatch.setattr("experiments.registry.store.Registry", Lenient)
    return tmp_path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Return homes, each with the experiment that stands in it as its name says: made once, tests work on copies."""
    made = {}
    for state, lead in (("draft", drafted), ("in_review", people.in_review), ("registered", people.registered)):
        place = Workspace(tmp_path_factory.mktemp(state) / "home").create()
        made[state] = place.home, lead(people.open_registry(place))
    return made


def drafted(registry):
    return acts.draft(registry, people.make_protocol(), actor=people.PI)


@pytest.fixture
def draft(home, prepared):
    return copied(prepared["draft"], home)


@pytest.fixture
def in_review(home, prepared):
    return copied(prepared["in_review"], home)


@pytest.fixture
def registered(home, prepared):
    return copied(prepared["registered"], home)


def copied(source, home):
    place, name = source
    shutil.copytree(place, home / "home", dirs_exist_ok=True)
    return name


def diagnosed(name):
    from apps.cli.protocol_arguments import registry_opened

    people.diagnosed(registry_opened(), name)


@pytest.fixture
def walked(home, zonelab):
    """Return the id of an experiment that every command from draft to register was run on."""

    def run(*arguments, actor):
        done = zonelab("protocol", *arguments, "--as", actor, "--json")
        assert done.code == 0, done.err
        return done.document

    file = home / "plan.yml"
    file.write_text(yaml.safe_dump(people.make_protocol().model_dump(mode="json")), encoding="utf-8")
    name = run("draft", file, actor=people.PI)["experiment_id"]
    diagnosed(name)
    run("submit", name, actor=people.PI)
    run("review", name, "--assign", "mia,eva", actor=people.REGISTRAR)
    for side, user in (("methods", people.METHODS), ("ethics", people.ETHICS)):
        run("review", name, "--side", side, "--vote", "approve", actor=user)
    run("review", name, "--decide", "approve", actor=people.REGISTRAR)
    run("register", name, actor=people.REGISTRAR)
    return name


def test_an_act_answers_with_the_standing_and_what_waits(draft, zonelab):
    document = zonelab("protocol", "list", "--as", people.PI, "--json").document[0]
    assert set(document) == SHAPE
    assert (document["state"], document["version"]) == ("draft", "0.1")
    assert set(document["next"][0]) == STEP
    assert document["next"][0]["who"] == [people.PI]
    assert draft in document["next"][0]["command"]


def test_each_state_says_who_must_act(in_review, zonelab):
    waiting = zonelab("protocol", "show", in_review, "--as", people.PI, "--json").document["standing"]["next"]
    assert [(step["role"], step["who"]) for step in waiting] == [
        ("methods_reviewer", ["mia"]),
        ("ethics_reviewer", ["eva"]),
    ]


def test_nobody_learns_a_vote_before_all_are_in(in_review, zonelab, home):
    comments = home / "comments.yml"
    comments.write_text(yaml.safe_dump([{"path": "title_brief.en", "text": "Too short"}]), encoding="utf-8")
    vote = ("--side", "methods", "--vote", "changes", "--comments", comments, "--as", "mia")
    assert zonelab("protocol", "review", in_review, *vote).code == 0
    for who, seen in (("eva", 0), (people.PI, 0), (people.REGISTRAR, 0), ("mia", 1)):
        document = zonelab("protocol", "review", in_review, "--as", who, "--json").document
        assert len(document["votes"]) == len(document["comments"]) == seen
        assert document["waiting_for"] == ["eva"]
        told = zonelab("protocol", "history", in_review, "--as", who, "--json").out
        assert ("Too short" in told) is bool(seen)
    assert zonelab("protocol", "review", in_review, "--side", "ethics", "--vote", "approve", "--as", "eva").code == 0
    document = zonelab("protocol", "review", in_review, "--as", people.PI, "--json").document
    assert [item["text"] for item in document["comments"]] == ["Too short"]
    assert document["next"][0]["command"].startswith(f"zonelab protocol review {in_review} --decide changes")


def test_changes_are_requested_answered_and_handed_in_again(in_review, zonelab, home):
    comments = home / "comments.yml"
    comments.write_text("- {path: title_brief.en, text: Too short}\n", encoding="utf-8")
    against = ("--side", "methods", "--vote", "changes", "--comments", comments, "--as", "mia")
    zonelab("protocol", "review", in_review, *against)
    zonelab("protocol", "review", in_review, "--side", "ethics", "--vote", "approve", "--as", "eva")
    decided = zonelab("protocol", "review", in_review, "--decide", "changes", "--as", people.REGISTRAR, "--json")
    assert decided.document["state"] == "changes_requested"
    comment = zonelab("protocol", "review", in_review, "--as", people.PI, "--json").document["comments"][0]["id"]
    early = zonelab("protocol", "submit", in_review, "--as", people.PI, "--json")
    assert early.code == 1
    answered = zonelab("protocol", "review", in_review, "--answer", comment, "--text", "Longer now", "--as", people.PI)
    assert answered.code == 0, answered.err
    assert zonelab("protocol", "submit", in_review, "--as", people.PI, "--json").document["state"] == "submitted"


def test_the_path_ends_with_a_number_and_a_persistent_id(walked, zonelab):
    document = zonelab("protocol", "show", walked, "--json").document
    assert set(document) >= COVER
    assert (document["version"], document["pid"]) == ("1.0", f"zonelab/{walked}-1.0")
    kinds = [
        line["kind"] for line in zonelab("protocol", "history", walked, "--as", "pi", "--json").document["history"]
    ]
    assert kinds == [
        "protocol_drafted",
        "diagnosis_recorded",
        "protocol_submitted",
        "reviewers_assigned",
        "review_voted",
        "review_voted",
        "protocol_approved",
        "protocol_registered",
    ]


def test_the_public_reads_of_what_is_registered_and_not_of_its_making(registered, zonelab):
    assert [row["experiment_id"] for row in zonelab("protocol", "list", "--json").document] == [registered]
    told = zonelab("protocol", "history", registered, "--json").document
    assert [line["kind"] for line in told["history"]] == ["protocol_registered"]
    assert told["next"] == []


def test_a_draft_is_not_public(draft, zonelab):
    assert zonelab("protocol", "list", "--json").document == []
    hidden = zonelab("protocol", "show", draft, "--json")
    assert (hidden.code, hidden.document["error"]["code"]) == (3, "E-EXCH-03")
    assert zonelab("protocol", "export", draft, "-o", "-").code == 3


@pytest.mark.parametrize("form", FORMATS)
def test_export_leaves_out_what_is_not_public(registered, zonelab, home, form):
    target = home / f"out.{form}"
    made = zonelab("protocol", "export", registered, "--format", form, "-o", target, "--json").document
    assert made["format"] == form
    assert made["audience"] == "public"
    assert "data_protection" in made["withheld"]
    assert target.read_text(encoding="utf-8")


def test_full_is_for_those_who_may_see_it(registered, zonelab):
    asked = ("protocol", "export", registered, "--format", "json", "-o", "-", "--full")
    assert zonelab(*asked).code == 3
    assert json.loads(zonelab(*asked, "--as", people.PI).out)["experiment_id"] == registered


def test_recruiting_takes_two(registered, zonelab):
    to = ("protocol", "status", registered, "--zone", "deqing", "--to", "recruiting")
    asked = zonelab(*to, "--as", people.LEAD, "--json")
    assert asked.code == 0, asked.err
    assert "Confirm recruiting" in asked.document["next"][0]["what"]["en"]


def test_a_status_to_which_no_act_leads_is_refused_with_the_ways_there_are(registered, zonelab):
    refused = zonelab("protocol", "status", registered, "--zone", "deqing", "--to", "completed", "--as", "pi", "--json")
    assert refused.code == 1
    assert "withdrawn" in refused.document["error"]["message"]["en"]


def test_withdrawal_is_asked_for_and_accepted_and_leaves_a_tombstone(registered, zonelab):
    assert zonelab("protocol", "withdraw", registered, "--reason", "funding", "--as", people.PI).code == 0
    gone = zonelab("protocol", "withdraw", registered, "--accept", "--as", people.REGISTRAR, "--json").document
    assert gone["state"] == "withdrawn"
    assert zonelab("protocol", "show", registered, "--json").document["standing"]["title"]["en"] == "Triage"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("submit", "SE-2031-0009", "--as", "pi"), 4),
        (("review", "SE-2031-0009", "--vote", "approve", "--decide", "approve", "--as", "pi"), 2),
        (("review", "SE-2031-0009", "--vote", "maybe", "--side", "methods", "--as", "pi"), 2),
        (("review", "SE-2031-0009", "--assign", "mia", "--as", "pi"), 2),
        (("export", "SE-2031-0009", "--format", "docx"), 2),
        (("check", "absent.yml"), 4),
        (("submit", "SE-2031-0009"), 2),
    ],
)
def test_wrong_usage_and_unknown_ids_have_their_exit_codes(home, zonelab, arguments, code):
    assert home
    result = zonelab("protocol", *arguments, "--json")
    assert (result.code, result.document["error"]["code"][:2]) == (code, "E-")


def test_nobody_votes_on_their_own_plan(in_review, zonelab):
    refused = zonelab(
        "protocol", "review", in_review, "--side", "methods", "--vote", "approve", "--as", people.PI, "--json"
    )
    assert refused.code == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_read_tables_with_what_is_missing_and_what_waits(in_review, zonelab, language):
    shown = zonelab("protocol", "show", in_review, "--as", people.PI, "--lang", language).out
    missing = {"en": "missing (S)", "zh": "缺（S）"}[language]
    assert missing in shown
    told = zonelab("protocol", "history", in_review, "--as", people.PI, "--lang", language).out
    assert {"en": "reviewers assigned", "zh": "指派评审"}[language] in told
    assert "zonelab protocol review" in told
    assert in_review in zonelab("protocol", "list", "--as", people.PI, "--lang", language).out


REASON = ("--reason", "administrative", "--justification", "The acronym was missing from the first version. " * 3)


def amended(home, name, **changes):
    file = home / "amended.yml"
    plan = people.make_protocol(experiment_id=name, **changes).model_dump(mode="json")
    file.write_text(yaml.safe_dump(plan), encoding="utf-8")
    return file


def test_a_minor_amendment_is_registered_at_once_and_says_what_it_changed(registered, zonelab, home):
    file = amended(home, registered, acronym="TRI")
    document = zonelab("protocol", "amend", registered, file, *REASON, "--as", people.PI, "--json").document
    assert set(document) == SHAPE | {"amendment"}
    assert (document["amendment"]["class"], document["version"], document["state"]) == ("minor", "1.1", "registered")
    assert document["amendment"]["changed_paths"] == ["acronym"]


def test_a_preview_proposes_nothing(registered, zonelab, home):
    file = amended(home, registered, allocation="non_randomised")
    seen = zonelab("protocol", "amend", registered, file, "--preview", "--as", people.PI, "--json")
    assert (seen.code, seen.document["amendment"]["class"]) == (0, "major")
    assert zonelab("protocol", "show", registered, "--json").document["version"] == "1.0"


def test_an_ethics_decision_is_recorded_and_listed_by_zone(registered, zonelab, home):
    file = home / "decision.yml"
    decision = {"id": "e2", "board": "B", "number": "2", "decision": "approved", "date": "2026-02-01"}
    file.write_text(yaml.safe_dump({**decision, "expires_on": "2098-01-01", "zones": ["deqing"]}), encoding="utf-8")
    document = zonelab("protocol", "ethics", registered, file, "--as", people.REGISTRAR, "--json").document
    assert document["zones"]["deqing"]["number"] == "2"
    assert document["zones"]["deqing"]["in_force"] is True
    file.write_text("board: B\n", encoding="utf-8")
    assert zonelab("protocol", "ethics", registered, file, "--as", people.REGISTRAR).code == 2


@pytest.mark.parametrize(("language", "step"), [("en", "protocol draft FILE"), ("zh", "提交草稿")])
def test_an_empty_list_says_what_to_do(home, zonelab, language, step):
    assert home
    assert step in zonelab("protocol", "list", "--lang", language).out
