"""The registry's pages without a browser: who sees what, in both languages, acts and their refusals, no dead end."""

from __future__ import annotations

import re

import pytest

from apps.viewer import drafting
from data import drafts
from data.ledger import Ledger
from data.paths import Workspace
from experiments.registry.store import Registry
from tests.unit.viewer import registry_workspace
from tests.unit.viewer.registry_workspace import ETHICS, METHODS, REGISTRAR

pytestmark = pytest.mark.integration

PAGES = ("experiments", "experiment", "register", "review")
REGISTERED, IN_REVIEW, SUBMITTED = "SE-2026-0001", "SE-2026-0002", "SE-2026-0003"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return a registry that tests only read."""
    return registry_workspace.build(tmp_path_factory.mktemp("registry-kept"))


@pytest.fixture
def registry(tmp_path):
    """Return a registry of the test's own."""
    return registry_workspace.build(tmp_path)


def home(registry):
    return registry.workspace.home


def markup(run) -> str:
    return " ".join(block.proto.body for block in run.get("html") if "<style" not in block.proto.body)


def text(run) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup(run)))


def labels(run) -> list[str]:
    return [button.label for button in run.button]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_empty_and_for_nobody(tmp_path, visit, page, lang):
    run = visit(tmp_path, page, lang=lang)
    assert not run.exception
    assert {"en": "Something failed", "zh": "出错了"}[lang] not in text(run)
    assert {"en": "Acting as", "zh": "操作身份"}[lang] in text(run)


def test_an_empty_list_says_how_to_begin(tmp_path, visit):
    assert "make demo" in text(visit(tmp_path, "experiments"))


def test_the_public_knows_of_registered_experiments_only(kept, visit):
    said = text(visit(home(kept), "experiments"))
    assert REGISTERED in said
    assert IN_REVIEW not in said


def test_list_tells_status_version_timing_and_filters(kept, visit):
    run = visit(home(kept), "experiments", user="somebody")
    assert {REGISTERED, IN_REVIEW, SUBMITTED} <= set(re.findall(r"SE-\d{4}-\d{4}", text(run)))
    assert "Registered prior to" in text(run)
    run.selectbox(key="choose_status").set_value("in_review").run()
    assert REGISTERED not in text(run)
    run.text_input(key="search_experiments").set_value("nothing of the kind").run()
    assert "None match" in text(run)
    run.button(key="clear_filters").click().run()
    assert REGISTERED in text(run)


def test_a_plan_in_preparation_is_not_public(kept, visit):
    said = text(visit(home(kept), "experiment", id=IN_REVIEW))
    assert "This version is not registered." in said
    assert "copilot" not in said.lower()


def test_experiment_shows_plan_next_step_history_and_exports(kept, visit):
    run = visit(home(kept), "experiment", user=registry_workspace.team(kept, REGISTERED), id=REGISTERED)
    said = text(run)
    for part in (
        "What must happen next",
        "SIMULATED",
        "H · Analysis plan",
        "version 1.0 registered",
        "Amend version 1.0",
    ):
        assert part in said + " ".join(labels(run))
    assert {"HTML", "Markdown", "JSON", "AEA", "OSF", "ClinicalTrials.gov"} <= {
        b.proto.label for b in run.get("download_button")
    }


def test_the_public_page_marks_what_it_hides(kept, visit):
    said = text(visit(home(kept), "experiment", id=REGISTERED))
    assert "Never shown to the public." in said
    protection = kept.record(REGISTERED).current.protocol.data_protection
    assert protection.minimisation_note.en not in said


def test_versions_are_compared_field_by_field(registry, visit):
    from experiments.registry import amending

    new = registry.record(REGISTERED).current.protocol.model_copy(update={"acronym": "TRI"})
    user = registry_workspace.team(registry, REGISTERED)
    amending.amend(registry, REGISTERED, new, reason_code="administrative", justification="x" * 100, actor=user)
    run = visit(home(registry), "experiment", id=REGISTERED, v="1.1", against="1.0")
    assert re.search(r"<del>.*TRIAGE.*</del>.*<ins>.*TRI.*</ins>", markup(run))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text_of_others_stays_text(kept, visit, lang):
    run = visit(home(kept), "experiment", user=registry_workspace.team(kept, REGISTERED), id=REGISTERED, lang=lang)
    assert "onerror=alert" in text(run)
    assert "<img" not in markup(run)


@pytest.mark.parametrize(
    "codes", [{"id": "SE-9999-0001"}, {"id": "<b>"}, {"id": REGISTERED, "v": "7.7"}, {"draft": "D-000099"}]
)
def test_unknown_codes_are_answered_with_a_sentence(kept, visit, codes):
    run = visit(home(kept), "register" if "draft" in codes else "experiment", user="somebody", **codes)
    assert not run.exception
    assert "Something failed" not in text(run)
    assert "<b>" not in markup(run)


def test_a_closed_workspace_refuses_by_role(registry, visit):
    (home(registry) / "access.yml").write_text("users:\n  ada: {roles: [viewer], zones: '*'}\n", encoding="utf-8")
    for page in ("register", "review"):
        run = visit(home(registry), page, user="ada", id=IN_REVIEW)
        assert "You hold none of these roles" in text(run)
        assert "Vote" not in " ".join(labels(run))
    assert "Start" not in labels(visit(home(registry), "register", user="nobody.known"))


def test_another_owner_does_not_open_a_draft(tmp_path, visit):
    workspace = Workspace(tmp_path)
    name = drafting.start(workspace, "scientist.one", {"title_brief": {"en": "Secret title"}})
    assert "Secret title" in text(visit(tmp_path, "register", user="scientist.one", draft=name))
    assert "Secret title" not in text(visit(tmp_path, "register", user="eve", draft=name))


def test_each_answer_is_saved_and_comes_back(tmp_path, visit):
    run = visit(tmp_path, "register", user="scientist.one")
    run.button(key="start").click().run()
    run.text_input(key="D-000001/0/title_brief.en").set_value("Waiting less").run()
    assert "Saved" in text(run)
    assert "Waiting less" in text(visit(tmp_path, "register", user="scientist.one", draft="D-000001"))


def test_a_stale_draft_is_not_overwritten_and_the_answer_is_not_lost(tmp_path, visit):
    run = visit(tmp_path, "register", user="scientist.one")
    run.button(key="start").click().run()
    ledger = Ledger.open(Workspace(tmp_path))
    there = drafts.load(ledger, "D-000001", "scientist.one")
    other = {**there.content, "protocol": {"title_brief": {"en": "From elsewhere"}}}
    drafts.save(ledger, "D-000001", "scientist.one", other, there.revision)
    run.text_input(key="D-000001/0/title_brief.en").set_value("Typed here").run()
    assert "Not saved" in text(run)
    assert "Typed here" in text(run)
    run.button(key="draft_again").click().run()
    assert "From elsewhere" in text(run)


def test_problems_stand_at_their_answer(tmp_path, visit):
    workspace = Workspace(tmp_path)
    name = drafting.start(
        workspace,
        "scientist.one",
        {"responsible_party": {"user": "scientist.one", "name": {"en": "Scientist"}, "orcid": "12"}},
    )
    run = visit(tmp_path, "register", user="scientist.one", draft=name, section="A")
    assert re.search(r"zl-problems.*?Error", markup(run))


def test_submission_names_what_is_missing(tmp_path, visit):
    run = visit(tmp_path, "register", user="scientist.one")
    run.button(key="start").click().run()
    run.button(key="submit").click().run()
    assert "Not ready yet" in text(run)
    assert "F1 Outcomes" in text(run)


def test_a_copy_takes_no_people_no_ethics_and_no_id(kept):
    from apps.viewer.components.beginning import taken_over

    document = kept.record(REGISTERED).current.protocol.model_dump(mode="json")
    taken = taken_over(document, "scientist.one")
    assert taken["responsible_party"] == {"user": "scientist.one"}
    assert not {"experiment_id", "ethics", "attestations", "investigators", "version"} & set(taken)


def test_reviewers_are_blind_until_all_votes_are_in(registry, visit):
    waiting = visit(home(registry), "review", user=ETHICS, id=IN_REVIEW)
    assert "onerror" not in text(waiting)
    for user in (REGISTRAR, registry_workspace.team(registry, IN_REVIEW)):
        assert "onerror" not in text(visit(home(registry), "experiment", user=user, id=IN_REVIEW))
    assert "onerror" in text(visit(home(registry), "experiment", user=METHODS, id=IN_REVIEW))
    waiting.radio(key="vote_ethics").set_value("approve").run()
    waiting.button(key="cast_ethics").click().run()
    assert Registry.open(registry.workspace).record(IN_REVIEW).open.votes_in
    assert "onerror" in text(visit(home(registry), "review", user=REGISTRAR, id=IN_REVIEW))


def test_a_prepared_comment_survives_a_reload_and_counts_with_the_vote(registry, visit):
    run = visit(home(registry), "review", user=ETHICS, id=IN_REVIEW)
    run.text_area(key="pin_text_ethics").set_value("Who is asked for consent?")
    next(button for button in run.button if button.label == "Add the comment").click().run()
    again = visit(home(registry), "review", user=ETHICS, id=IN_REVIEW)
    assert "Who is asked for consent?" in text(again)
    again.radio(key="vote_ethics").set_value("changes").run()
    again.button(key="cast_ethics").click().run()
    assert [item.text for item in registry.record(IN_REVIEW).open.comments if item.side == "ethics"] == [
        "Who is asked for consent?"
    ]
    assert drafts.list_of(registry.ledger, ETHICS) == []


def test_the_registrar_assigns_and_a_refusal_is_told(registry, visit):
    run = visit(home(registry), "review", user=REGISTRAR, id=SUBMITTED)
    run.text_input(key="assign_methods_reviewer").set_value(registry_workspace.team(registry, SUBMITTED))
    run.text_input(key="assign_ethics_reviewer").set_value(ETHICS)
    run.button(key="assign_reviewers").click().run()
    assert "Not done" in text(run)
    run.text_input(key="assign_methods_reviewer").set_value(METHODS)
    run.button(key="assign_reviewers").click().run()
    assert registry.record(SUBMITTED).open.state == "in_review"


def test_changes_are_asked_for_answered_and_reopened(registry, visit):
    run = visit(home(registry), "review", user=ETHICS, id=IN_REVIEW)
    run.radio(key="vote_ethics").set_value("changes")
    run.text_area(key="pin_text_ethics").set_value("Say who decides.")
    next(button for button in run.button if button.label == "Add the comment").click().run()
    run.radio(key="vote_ethics").set_value("changes").run()
    run.button(key="cast_ethics").click().run()
    visit(home(registry), "review", user=REGISTRAR, id=IN_REVIEW).button(key="act_request_changes").click().run()
    assert registry.record(IN_REVIEW).open.state == "changes_requested"
    team = registry_workspace.team(registry, IN_REVIEW)
    page = visit(home(registry), "experiment", user=team, id=IN_REVIEW)
    page.text_area(key="answer_text_E1").set_value("The head of the office decides; section E says so now.")
    page.button(key="answer_E1").click().run()
    assert [item.id for item in registry.record(IN_REVIEW).open.unanswered] == ["M1"]
    page.button(key="open_changes").click().run()
    (draft,) = drafts.list_of(registry.ledger, team)
    assert draft.content["about"]["kind"] == "revision"


def test_an_amendment_tells_its_class_before_it_is_proposed(registry, visit):
    team = registry_workspace.team(registry, REGISTERED)
    visit(home(registry), "experiment", user=team, id=REGISTERED).button(key="open_changes").click().run()
    (draft,) = drafts.list_of(registry.ledger, team)
    run = visit(home(registry), "register", user=team, draft=draft.draft_id, section="A")
    assert "Nothing has changed" in text(run)
    run.text_input(key=f"{draft.draft_id}/0/acronym").set_value("TRI").run()
    assert "A minor version: 1.1." in text(run)
    run.text_area(key=f"{draft.draft_id}/0/title_official.en").set_value("Another title altogether").run()
    assert "A major version: 2.0." in text(run)
