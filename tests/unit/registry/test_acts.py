"""The acts up to registration: what each puts on record, and every refusal of the guards."""

import pytest

from data import documents
from data.access import PLATFORM
from data.messages import NotFound, NotPermitted, Refused, Text
from experiments.registry import acts
from experiments.registry.check import ProtocolProblem
from experiments.registry.checks import Checks
from experiments.registry.protocol import protocol_digest
from experiments.registry.store import Registry


def code(raised):
    return raised.value.code


def test_the_whole_path_to_registration(registry, people):
    name = people.registered(registry)
    record = registry.record(name)
    current = record.current
    assert current.version == "1.0"
    assert current.state == "registered"
    assert current.pid == f"zonelab/{name}-1.0"
    assert record.open is None
    assert current.protocol.version == "1.0"
    assert current.protocol.experiment_id == name
    assert protocol_digest(current.protocol) == current.document_sha256
    assert current.diagnosis_sha256
    assert documents.get(registry.ledger, current.diagnosis_sha256) == '{"power":"0.9","sims":1000}'
    assert record.numbers == ("0.1", "1.0")
    assert record.version("0.1").state == "draft"
    assert registry.ledger.verify() == []
    roles = {item.kind: item.role for item in record.events}
    assert roles["protocol_drafted"] == roles["protocol_submitted"] == "investigator"
    assert roles["reviewers_assigned"] == roles["protocol_registered"] == "registrar"
    assert roles["review_voted"] == "ethics_reviewer"
    assert record.zone_status == {"deqing": "not_yet_recruiting"}
    assert registry.ids() == [name]
    assert [item.experiment_id for item in registry.records()] == [name]


def test_ids_are_the_next_free_numbers_of_the_year_and_a_free_one_may_be_brought(registry, people):
    first = acts.draft(registry, people.make_protocol(), actor=people.PI)
    year = first[3:7]
    assert first == f"SE-{year}-0001"
    brought = acts.draft(registry, people.make_protocol(experiment_id=f"SE-{year}-0007"), actor=people.PI)
    assert brought == f"SE-{year}-0007"
    assert acts.draft(registry, people.make_protocol(), actor=people.PI) == f"SE-{year}-0008"
    assert acts.draft(registry, people.make_protocol(experiment_id="SE-2019-0003"), actor=people.PI) == "SE-2019-0003"


def test_drafts_are_numbered_and_all_stay_readable(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor=people.PI)
    again = acts.draft(registry, people.make_protocol(experiment_id=name, acronym="T"), actor="co")
    assert again == name
    record = registry.record(name)
    assert record.open.version == "0.2"
    assert record.open.protocol.acronym == "T"
    assert record.version("0.1").protocol.acronym is None
    assert record.numbers == ("0.1", "0.2")
    with pytest.raises(NotFound, match=r"no version 0.3. It has: 0.1, 0.2"):
        record.version("0.3")


def test_anothers_experiment_is_not_drafted_over(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor=people.PI)
    with pytest.raises(NotPermitted, match="E-REG-11"):
        acts.draft(registry, people.make_protocol(experiment_id=name), actor="stranger")


def test_who_drafted_is_of_the_team_though_the_protocol_does_not_name_them(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor="secretary")
    acts.draft(registry, people.make_protocol(experiment_id=name), actor="secretary")
    people.diagnosed(registry, name)
    acts.submit(registry, name, actor=people.PI)
    with pytest.raises(Refused, match=r"E-REG-17.*secretary"):
        acts.assign_reviewers(registry, name, methods=["secretary"], ethics=["eva"], actor="rea")


@pytest.mark.parametrize("actor", ["", " ", "system"])
def test_nobody_without_a_name_and_nobody_as_the_platform(registry, people, actor):
    with pytest.raises(NotPermitted, match="E-LIFE-02"):
        acts.draft(registry, people.make_protocol(), actor=actor)


def test_unknown_experiments(registry):
    with pytest.raises(NotFound, match="E-REG-01"):
        registry.record("SE-2026-0001")
    with pytest.raises(NotFound):
        acts.submit(registry, "SE-2026-0001", actor="pi")
    with pytest.raises(NotFound):
        acts.record_diagnosis(registry, "SE-2026-0001", diagnosis={"sims": 1000}, design_hash="d", actor=PLATFORM)
    assert registry.records() == []


def test_only_the_responsible_party_submits(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor=people.PI)
    people.diagnosed(registry, name)
    with pytest.raises(NotPermitted, match=r"E-REG-14.*It is pi"):
        acts.submit(registry, name, actor="co")
    nobody = acts.draft(registry, people.make_protocol(responsible_party=None), actor="co")
    with pytest.raises(NotPermitted, match="It is –"):
        acts.submit(registry, nobody, actor="co")


def test_submission_needs_a_diagnosis_of_this_design(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor=people.PI)
    with pytest.raises(Refused, match="E-REG-43"):
        acts.submit(registry, name, actor=people.PI)
    people.diagnosed(registry, name)
    changed = people.make_protocol(experiment_id=name, title_brief={"en": "Another design"})
    acts.draft(registry, changed, actor=people.PI)
    with pytest.raises(Refused, match="E-REG-43"):
        acts.submit(registry, name, actor=people.PI)
    acts.record_diagnosis(registry, name, diagnosis={"sims": 1000}, design_hash="Another design", actor=PLATFORM)
    assert acts.submit(registry, name, actor=people.PI).open.state == "submitted"
    assert registry.record(name).events[-2].actor == "system"


def test_submission_needs_every_attestation_by_the_responsible_party(registry, people):
    made = [{"text_id": text, "person": "co", "at": "2026-01-01"} for text in people.STATEMENTS[:1]]
    made += [{"text_id": text, "person": "pi", "at": "2026-01-01"} for text in people.STATEMENTS[1:]]
    name = acts.draft(registry, people.make_protocol(attestations=made), actor=people.PI)
    people.diagnosed(registry, name)
    with pytest.raises(Refused, match=r"E-REG-44.*Missing: accurate\."):
        acts.submit(registry, name, actor=people.PI)


@pytest.mark.parametrize(("stage", "wanted"), [("S", "E-REG-40"), ("R", "E-REG-41")])
def test_errors_of_the_checker_block_and_warnings_do_not(workspace, people, stage, wanted):
    def check(_, asked):
        error = ProtocolProblem("abstract", "error", Text(en="Missing.", zh="缺少。"))
        doubt = ProtocolProblem("outcomes", "warning", Text(en="Hm.", zh="嗯。"))
        return [error, doubt] if asked == stage else [doubt]

    registry = Registry.open(
        workspace, Checks(check, lambda protocol: protocol.title_brief.en, lambda _protocol, _document: [])
    )
    with pytest.raises(Refused, match=r"1 errors: abstract: Missing\.$") as told:
        people.registered(registry)
    assert code(told) == wanted
    assert "abstract：缺少。" in told.value.text.zh


def test_a_version_under_review_is_not_drafted_over(registry, people):
    name = people.submitted(registry)
    with pytest.raises(Refused, match="E-LIFE-01"):
        acts.draft(registry, people.make_protocol(experiment_id=name), actor=people.PI)


@pytest.mark.parametrize(
    ("methods", "ethics", "wanted"),
    [
        ([], ["eva"], "E-REG-15"),
        (["mia"], [], "E-REG-15"),
        (["pi"], ["eva"], "E-REG-17"),
        (["mia"], ["lead"], "E-REG-17"),
        (["mia"], ["rea"], "E-REG-17"),
        (["mia"], ["mia"], "E-REG-18"),
    ],
)
def test_reviewers_are_independent_and_one_a_side(registry, people, methods, ethics, wanted):
    name = people.submitted(registry)
    with pytest.raises(Refused) as told:
        acts.assign_reviewers(registry, name, methods=methods, ethics=ethics, actor=people.REGISTRAR)
    assert code(told) == wanted


def test_reviewers_hold_the_role_where_roles_are_given(registry, workspace, people):
    name = people.submitted(registry)
    (workspace.home / "access.yml").write_text(
        "users:\n"
        "  rea: {roles: [registrar], zones: '*'}\n"
        "  mia: {roles: [methods_reviewer], zones: [jinan]}\n"
        "  eva: {roles: [viewer], zones: '*'}\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused, match=r"E-REG-16.*Without the role: eva\."):
        acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor="rea")
    with pytest.raises(NotPermitted, match="E-LIFE-02"):
        acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor="mia")


def test_the_registrar_is_not_of_the_team(registry, people):
    name = people.submitted(registry)
    with pytest.raises(NotPermitted) as told:
        acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor="co")
    assert code(told) == "E-REG-12"


def test_nobody_acts_on_two_sides(registry, people):
    name = people.voted(registry)
    with pytest.raises(NotPermitted, match=r"E-REG-10.*methods"):
        acts.approve(registry, name, actor=people.METHODS)
    with pytest.raises(NotPermitted, match="E-REG-13"):
        acts.approve(registry, people.in_review(registry), actor=people.ETHICS)


def test_replacing_reviewers(registry, people):
    name = people.in_review(registry)
    acts.vote(registry, name, side="methods", vote="approve", actor=people.METHODS)
    with pytest.raises(Refused, match=r"E-REG-20.*mia"):
        acts.assign_reviewers(registry, name, methods=["max"], ethics=["eva"], actor=people.REGISTRAR)
    with pytest.raises(Refused, match="E-REG-18"):
        acts.assign_reviewers(registry, name, methods=["mia", "eva"], ethics=["emil"], actor=people.REGISTRAR)
    record = acts.assign_reviewers(registry, name, methods=["mia"], ethics=["emil"], actor=people.REGISTRAR)
    assert record.open.reviewers == {"methods": ("mia",), "ethics": ("emil",)}
    assert record.open.assigned == {"mia", "emil"}
    assert record.open.state == "in_review"
    with pytest.raises(NotPermitted, match="E-REG-22"):
        acts.vote(registry, name, side="ethics", vote="approve", actor="eva")
    acts.vote(registry, name, side="ethics", vote="approve", actor="emil")
    with pytest.raises(Refused, match="E-REG-19"):
        acts.assign_reviewers(registry, name, methods=["mia"], ethics=["emil"], actor=people.REGISTRAR)


def test_votes(registry, people):
    name = people.in_review(registry)
    cast = {"registry": registry, "experiment_id": name, "side": "methods"}
    with pytest.raises(NotPermitted, match="E-REG-21"):
        acts.vote(**cast, vote="approve", actor="max")
    for comments, words in (
        ([], "needs a comment"),
        ([{"path": "title_brief", "text": " "}], "without text: title_brief"),
        ([{"path": "titel", "text": "x"}], "No field is called: titel"),
    ):
        with pytest.raises(Refused, match=f"E-REG-24.*{words}"):
            acts.vote(**cast, vote="changes", comments=comments, actor=people.METHODS)
    two = [{"path": "document", "text": "a"}, {"path": "zones.0.zone_id", "text": "b"}]
    record = acts.vote(**cast, vote="changes", comments=two, actor=people.METHODS)
    assert [(item.id, item.path, item.side) for item in record.open.comments] == [
        ("M1", "document", "methods"),
        ("M2", "zones.0.zone_id", "methods"),
    ]
    with pytest.raises(Refused, match="E-REG-23"):
        acts.vote(**cast, vote="approve", actor=people.METHODS)


def test_nothing_is_decided_before_both_votes_are_in(registry, people):
    name = people.in_review(registry)
    acts.vote(registry, name, side="methods", vote="approve", actor=people.METHODS)
    for act in (acts.approve, acts.request_changes):
        with pytest.raises(Refused) as told:
            act(registry, name, actor=people.REGISTRAR)
        assert code(told) == "E-REG-25"
    with pytest.raises(Refused, match="silence approves nothing"):
        acts.reject(registry, name, reason="no", actor=people.REGISTRAR)


@pytest.mark.parametrize(
    ("methods", "ethics", "possible"),
    [
        ("approve", "approve", {"approve"}),
        ("changes", "approve", {"request_changes"}),
        ("approve", "changes", {"request_changes"}),
        ("reject", "approve", {"request_changes"}),
        ("approve", "reject", {"request_changes", "reject"}),
        ("reject", "reject", {"request_changes", "reject"}),
        ("reject", "changes", {"request_changes"}),
    ],
)
def test_the_votes_decide_what_the_registrar_can_do(registry, people, methods, ethics, possible):
    for action in ("approve", "request_changes", "reject"):
        name = people.voted(registry, methods, ethics)
        extra = {"reason": "as the votes say"} if action == "reject" else {}
        act = getattr(acts, action)
        if action in possible:
            act(registry, name, actor=people.REGISTRAR, **extra)
        else:
            with pytest.raises(Refused, match=r"E-REG-2[678]"):
                act(registry, name, actor=people.REGISTRAR, **extra)


def test_a_rejected_version_is_the_end_of_it_and_says_why(registry, people):
    name = people.voted(registry, "approve", "reject")
    with pytest.raises(Refused, match="E-REG-50"):
        acts.reject(registry, name, reason=" ", actor=people.REGISTRAR)
    record = acts.reject(registry, name, reason="harm", actor=people.REGISTRAR)
    assert record.open is None
    assert record.latest.state == "rejected"
    assert record.events[-1].detail == {"version": "0.1", "reason": "harm"}
    with pytest.raises(Refused, match=r"E-LIFE-01.*rejected"):
        acts.submit(registry, name, actor=people.PI)
    with pytest.raises(NotPermitted, match="E-REG-11"):
        acts.draft(registry, people.make_protocol(experiment_id=name), actor="stranger")
    acts.draft(registry, people.make_protocol(experiment_id=name), actor=people.PI)
    assert [item.version for item in registry.record(name).versions] == ["0.1", "0.2"]


@pytest.mark.parametrize(
    ("ethics", "words"),
    [
        ({"ethics": []}, "No decision that has begun is on record"),
        ({"expires_on": "2026-01-02"}, "Refused or expired in: deqing"),
        ({"decision": "refused"}, "Refused or expired in: deqing"),
    ],
)
def test_approval_needs_valid_ethics(registry, people, ethics, words):
    changes = ethics if "ethics" in ethics else {"ethics": [people.make_protocol().ethics[0].model_dump() | ethics]}
    name = people.voted(registry, **changes)
    with pytest.raises(Refused, match=f"E-REG-45.*{words}"):
        acts.approve(registry, name, actor=people.REGISTRAR)


def test_a_later_ethics_decision_on_record_counts(registry, people):
    old = people.make_protocol().ethics[0].model_dump()
    name = people.voted(registry, ethics=[old | {"expires_on": "2026-01-02"}])
    with registry.ledger.transaction() as connection:
        registry.ledger.record(
            connection,
            kind="ethics_recorded",
            object_id=name,
            detail={**old, "zones": ["deqing"], "date": "2026-02-01", "note": "renewed"},
            actor="rea",
            role="registrar",
        )
    assert acts.approve(registry, name, actor=people.REGISTRAR).open.state == "approved"


def test_comments_are_answered_once_and_before_the_version_comes_back(registry, people):
    name = people.in_review(registry)
    said = [{"path": "title_brief", "text": "why?"}]
    acts.vote(registry, name, side="methods", vote="changes", comments=said, actor=people.METHODS)
    give = {"registry": registry, "experiment_id": name, "comment_id": "M1"}
    with pytest.raises(Refused, match="E-REG-30"):
        acts.answer(**give, text="because", actor=people.PI)
    acts.vote(registry, name, side="ethics", vote="approve", comments=said, actor=people.ETHICS)
    acts.request_changes(registry, name, actor=people.REGISTRAR)
    with pytest.raises(Refused, match=r"E-REG-29.*Without an answer: E1, M1"):
        acts.submit(registry, name, actor=people.PI)
    with pytest.raises(Refused, match="E-REG-33"):
        acts.answer(**give, text=" ", actor=people.PI)
    with pytest.raises(Refused, match=r"E-REG-31.*Comments: E1, M1"):
        acts.answer(**give | {"comment_id": "M9"}, text="because", actor=people.PI)
    with pytest.raises(NotPermitted, match=r"E-REG-10|E-REG-11"):
        acts.answer(**give, text="because", actor=people.METHODS)
    acts.answer(**give, text="because", actor="co")
    with pytest.raises(Refused, match="E-REG-32"):
        acts.answer(**give, text="better", actor=people.PI)
    record = acts.answer(**give | {"comment_id": "E1"}, text="so", actor=people.PI)
    assert {item.id: item.answer.text for item in record.open.comments} == {"M1": "because", "E1": "so"}
    assert acts.submit(registry, name, actor=people.PI).open.state == "submitted"


def resubmitted(registry, people, methods, ethics, **changes):
    """Return the open version after a round of changes with `changes` made and reviewers assigned again."""
    name = people.voted(registry, methods, ethics)
    record = acts.request_changes(registry, name, actor=people.REGISTRAR)
    for comment in record.open.comments:
        acts.answer(registry, name, comment_id=comment.id, text="done", actor=people.PI)
    if changes:
        acts.draft(registry, people.make_protocol(experiment_id=name, **changes), actor=people.PI)
    people.diagnosed(registry, name)
    acts.submit(registry, name, actor=people.PI)
    return acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor=people.REGISTRAR).open


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, {"ethics"}),
        ({"jel_codes": ["I1"]}, set()),  # section A concerns both sides
        ({"keywords": ["x"], "abstract": {"en": "x"}}, set()),
        ({"abstract": {"en": "x"}}, {"ethics"}),  # section B is the methods side's
        ({"attestations": []}, {"ethics"}),  # signed anew with each submission
    ],
)
def test_touching_a_section_resets_its_votes(workspace, people, changes, kept):
    registry = people.open_registry(workspace)
    if changes == {"attestations": []}:
        changes = {"attestations": [{"text_id": t, "person": "pi", "at": "2026-02-02"} for t in people.STATEMENTS]}
    opened = resubmitted(registry, people, "changes", "approve", **changes)
    assert {vote.side for vote in opened.votes} == kept
    assert len(opened.reviews) == 2


def test_only_approvals_outlive_a_resubmission(registry, people):
    opened = resubmitted(registry, people, "changes", "reject", abstract={"en": "x"})
    assert opened.votes == ()
    assert opened.version == "0.2"


def test_a_vote_once_reset_stays_so(registry, people):
    name = people.voted(registry, "approve", "changes")
    for text in ("a", "b"):
        record = acts.request_changes(registry, name, actor=people.REGISTRAR)
        for comment in record.open.unanswered:
            acts.answer(registry, name, comment_id=comment.id, text="done", actor=people.PI)
        acts.draft(registry, people.make_protocol(experiment_id=name, abstract={"en": text}), actor=people.PI)
        acts.submit(registry, name, actor=people.PI)
        acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor=people.REGISTRAR)
        said = [{"path": "ethics", "text": "more"}]
        acts.vote(registry, name, side="ethics", vote="changes", comments=said, actor=people.ETHICS)
        acts.vote(registry, name, side="methods", vote="approve", actor=people.METHODS)
    opened = registry.record(name).open
    assert [vote.counts for vote in opened.reviews] == [False, False, False, False, True, True]
    assert [item.id for item in opened.comments] == ["E1", "E2", "E3"]


def test_a_kept_vote_counts_only_while_its_reviewer_is_assigned(registry, people):
    name = people.voted(registry, "changes", "approve")
    acts.request_changes(registry, name, actor=people.REGISTRAR)
    acts.answer(registry, name, comment_id="M1", text="done", actor=people.PI)
    acts.submit(registry, name, actor=people.PI)
    opened = acts.assign_reviewers(registry, name, methods=["mia"], ethics=["emil"], actor=people.REGISTRAR).open
    assert opened.votes == ()


def test_what_is_registered_changes_by_amendment_only(registry, people):
    name = people.registered(registry)
    with pytest.raises(Refused, match="E-REG-04"):
        acts.draft(registry, people.make_protocol(experiment_id=name), actor=people.PI)
    with pytest.raises(Refused, match=r"E-LIFE-01.*registered"):
        acts.submit(registry, name, actor=people.PI)


def amended(registry, people, name, version, kind, actor=None, **changes):
    protocol = people.make_protocol(experiment_id=name, **changes)
    amendment = {"from": "1.0", "to": version, "class": kind}
    return acts.amend(registry, protocol, version=version, amendment=amendment, actor=actor or people.PI)


def test_a_minor_amendment_is_registered_without_review(registry, people):
    name = people.registered(registry)
    opened = amended(registry, people, name, "1.1", "minor", keywords=["x"]).open
    assert (opened.version, opened.state, opened.base) == ("1.1", "draft", "1.0")
    with pytest.raises(NotPermitted, match="E-REG-14"):
        acts.register_minor(registry, name, actor="co")
    record = acts.register_minor(registry, name, actor=people.PI)
    assert [(item.version, item.state) for item in record.versions] == [("1.0", "superseded"), ("1.1", "registered")]
    assert record.current.pid.endswith("-1.1")
    assert record.events[-1].role == "system"
    assert [item.detail["to"] for item in record.amendments] == ["1.1"]


def test_the_platform_itself_amends(registry, people):
    name = people.registered(registry)
    amended(registry, people, name, "1.1", "minor", actor=PLATFORM)
    record = acts.register_minor(registry, name, actor=PLATFORM)
    assert record.current.version == "1.1"
    assert "system" not in people_of(record)


def people_of(record):
    from experiments.registry.separation import team

    return team(record)


def test_a_major_amendment_goes_through_review(registry, people):
    name = people.registered(registry)
    amended(registry, people, name, "1.1", "minor")
    amended(registry, people, name, "2.0", "major", abstract={"en": "x"})
    with pytest.raises(Refused, match="E-REG-47"):
        acts.register_minor(registry, name, actor=people.PI)
    assert registry.record(name).open.version == "2.0"
    acts.submit(registry, name, actor=people.PI)
    acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor=people.REGISTRAR)
    said = [{"path": "abstract", "text": "more"}]
    acts.vote(registry, name, side="methods", vote="changes", comments=said, actor=people.METHODS)
    acts.vote(registry, name, side="ethics", vote="approve", actor=people.ETHICS)
    acts.request_changes(registry, name, actor=people.REGISTRAR)
    amended(registry, people, name, "2.0", "major", abstract={"en": "y"})
    acts.answer(registry, name, comment_id="M1", text="done", actor=people.PI)
    acts.submit(registry, name, actor=people.PI)
    acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor=people.REGISTRAR)
    acts.vote(registry, name, side="methods", vote="approve", actor=people.METHODS)
    acts.approve(registry, name, actor=people.REGISTRAR)
    record = acts.register(registry, name, actor=people.REGISTRAR)
    assert record.current.version == "2.0"
    assert record.version("1.0").state == "superseded"


def test_a_draft_that_was_never_classed_is_not_minor(registry, people):
    name = acts.draft(registry, people.make_protocol(), actor=people.PI)
    with pytest.raises(Refused, match="E-REG-47"):
        acts.register_minor(registry, name, actor=people.PI)


def test_amendments_follow_a_standing_registration(registry, people):
    draft = acts.draft(registry, people.make_protocol(), actor=people.PI)
    with pytest.raises(Refused, match="E-REG-05"):
        amended(registry, people, draft, "1.1", "minor")
    name = people.registered(registry)
    with pytest.raises(Refused, match="E-REG-06"):
        amended(registry, people, name, "1.0", "minor")
    with pytest.raises(NotPermitted, match="E-REG-11"):
        amended(registry, people, name, "1.1", "minor", actor="stranger")


def test_a_diagnosis_of_too_few_simulations_is_not_kept(registry):
    with pytest.raises(Refused, match="999") as found:
        acts.record_diagnosis(registry, "SE-2026-0001", diagnosis={"sims": 999}, design_hash="d", actor=PLATFORM)
    assert found.value.code == "E-REG-07"
