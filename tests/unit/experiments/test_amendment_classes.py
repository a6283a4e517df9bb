"""What a change is at which phase: nobody chooses, everything tightens."""

import copy
from pathlib import Path

import pytest

from data.messages import Refused
from experiments.registry.amendments import (
    Reading,
    Request,
    amendment_record,
    assess,
    check_request,
    known_from,
    next_version,
)
from experiments.registry.change_classes import edits
from experiments.registry.points import Points
from experiments.registry.protocol import Protocol, load_protocol
from experiments.run import DEMO

NOW = "2026-03-01T00:00:00.000000+00:00"
BEFORE, T1, T2 = Points(), Points(t1=NOW), Points(t1=NOW, t2=NOW)
T3, T4 = Points(t1=NOW, t2=NOW, t3=NOW), Points(t1=NOW, t2=NOW, t3=NOW, t4=NOW)
PERSON = {"user": "lin", "name": {"en": "Lin"}}
MORE = {
    "responsible_party": PERSON,
    "investigators": [{**PERSON, "role": "pi"}, {"user": "wu", "name": {"en": "Wu"}, "role": "analyst"}],
    "keywords": ["triage"],
    "dates": {
        "study_start": {"date": "2026-01-01", "type": "anticipated"},
        "primary_completion": {"date": "2026-06-01", "type": "anticipated"},
        "study_end": {"date": "2026-12-01", "type": "anticipated"},
    },
    "ethics": [
        {
            "id": "E1", "board": "B", "number": "1", "decision": "approved", "date": "2026-01-01",
            "expires_on": "2027-01-01", "zones": ["beijing"],
        }
    ],
    "attestations": [{"text_id": "accurate", "person": "lin", "at": "2026-01-01"}],
    "dissemination": {"data_access": "open", "code_access": "open", "results_due": "2027-01-01"},
    "consent_plan": None,
}  # fmt: skip


def registered() -> dict:
    base = load_protocol(Path(DEMO) / "SE-2026-0001.yml").model_dump(mode="json")
    base.update(copy.deepcopy(MORE))
    base["interventions"][0]["ai_system"]["model_version"] = "v1"
    base["hypotheses"].append(
        {**base["hypotheses"][0], "id": "X1", "tier": "exploratory", "family_id": None, "inquiry_id": "itt_wait"}
    )
    return base


@pytest.fixture
def old():
    return Protocol.model_validate(registered())


def changed(edit) -> Protocol:
    content = registered()
    edit(content)
    return Protocol.model_validate(content)


def assessed(edit, points=BEFORE, first=None):
    return assess(Protocol.model_validate(registered()), changed(edit), points, first)


def put(path, value):
    def edit(content):
        *way, last = path.split(".")
        for step in way:
            content = content[int(step)] if step.isdigit() else content[step]
        content[int(last) if last.isdigit() else last] = value

    return edit


def add(field, item, like=None):
    def edit(content):
        base = {} if like is None else content[field][like]
        content[field].append({**copy.deepcopy(base), **item})

    return edit


CASES = {
    "acronym": (put("acronym", "AIT"), "minor", "minor"),
    "keyword": (put("keywords", ["a"]), "minor", "minor"),
    "slip in a title": (put("title_brief.en", "AI triage in community clinic and patients' waiting time"), "minor", "minor"),
    "slip in a Chinese title": (put("title_brief.zh", "社区诊所 AI 分诊与病人等候时间"), "major", "major"),
    "one character": (put("title_brief.zh", "社区诊所 AI 分诊与患者等侯时间"), "minor", "minor"),
    "another title": (put("title_brief.en", "AI triage and satisfaction"), "major", "major"),
    "a title's language dropped": (put("title_brief.en", ""), "major", "major"),
    "domain": (put("domain", "education"), "major", "major"),
    "zone added": (add("zones", {"zone_id": "suzhou"}, like=0), "major", "major"),
    "zone dropped": (lambda content: content["zones"].pop(), "major", "major"),
    "leader": (put("investigators.0.affiliation", "X"), "major", "major"),
    "another leader": (put("investigators.1.role", "pi"), "major", "major"),
    "helper": (put("investigators.1.affiliation", "X"), "minor", "minor"),
    "nobody named": (put("investigators", [{**PERSON, "role": "pi"}, {**PERSON, "role": "analyst"}]), "major", "major"),
    "small shift": (put("dates.study_end.date", "2026-12-20"), "minor", "major"),
    "large shift": (put("dates.study_end.date", "2027-12-20"), "major", "major"),
    "date comes true": (put("dates.study_start.type", "actual"), "minor", "minor"),
    "date added": (put("dates.intervention_end", {"date": "2026-06-01", "type": "anticipated"}), "major", "major"),
    "dates dropped": (put("dates", None), "major", "major"),
    "embargo": (put("dissemination.results_due", "2027-02-01"), "minor", "major"),
    "sector": (put("sectors", ["education"]), "minor", "major"),
    "ethics decision added": (add("ethics", {"id": "E2"}, like=0), "operational", "operational"),
    "ethics decision rewritten": (put("ethics.0.expires_on", "2030-01-01"), "major", "major"),
    "attestation added": (add("attestations", {"person": "wu"}, like=0), "operational", "operational"),
    "attestation rewritten": (put("attestations.0.text_id", "will_report_all"), "locked", "locked"),
    "arm label": (put("arms.0.label.en", "x"), "major", "locked"),
    "arms in another order": (lambda content: content["arms"].reverse(), "major", "locked"),
    "hypotheses in another order": (lambda content: content["hypotheses"].reverse(), "minor", "minor"),
    "primary outcome": (put("outcomes.0.unit.en", "h"), "major", "locked"),
    "secondary outcome": (put("outcomes.1.unit.en", "p"), "major", "major"),
    "outcome becomes primary": (put("outcomes.1.tier", "primary"), "major", "locked"),
    "primary outcome becomes secondary": (put("outcomes.0.tier", "secondary"), "major", "locked"),
    "primary outcome dropped": (lambda content: content["outcomes"].pop(0), "major", "locked"),
    "confirmatory hypothesis": (put("hypotheses.0.direction", "non_zero"), "major", "locked"),
    "exploratory hypothesis becomes confirmatory": (put("hypotheses.5.tier", "confirmatory"), "major", "locked"),
    "exploratory hypothesis": (put("hypotheses.5.direction", "non_zero"), "major", "major"),
    "new exploratory hypothesis": (add("hypotheses", {"id": "X2"}, like=5), "major", "major"),
    "new confirmatory hypothesis": (add("hypotheses", {"id": "H9"}, like=0), "major", "locked"),
    "exploratory test in a confirmatory family": (
        add("hypotheses", {"id": "X2", "family_id": "main"}, like=5), "major", "locked",
    ),
    "hypotheses not told apart": (add("hypotheses", {"id": "H1"}, like=5), "major", "locked"),
    "inquiry of a hypothesis": (put("inquiries.0.population.en", "x"), "major", "locked"),
    "new inquiry for nobody": (add("inquiries", {"id": "q9"}, like=0), "major", "major"),
    "family": (put("families.0.correction", "bh"), "major", "locked"),
    "new family": (add("families", {"id": "f9"}, like=0), "major", "locked"),
    "simulated": (put("simulated", value=False), "locked", "locked"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_class_before_the_draw_and_after_the_first_outcome(name):
    edit, early, late = CASES[name]
    assert assessed(edit).change_class == early
    found = assessed(edit, T2)
    assert found.change_class == late
    assert found.status == "amended after data"


def test_analyses_are_locked_from_the_first_reading_but_for_exploratory_ones():
    other = put("analyses.0.covariates", ["birth_year"])
    assert [assessed(other, points).change_class for points in (BEFORE, T2, T3)] == ["major", "major", "locked"]
    assert assessed(put("analyses.0.options", {"a": 1}), T3).change_class == "locked"
    new = add("analyses", {"id": "x", "hypothesis_ids": ["X1"]}, like=0)
    assert assessed(new, T4).change_class == "major"
    assert assessed(add("analyses", {"id": "x", "hypothesis_ids": ["H1"]}, like=0), T3).change_class == "locked"


def test_t1_locks_the_arms_and_a_later_point_implies_it():
    edit = put("arms.0.type", "active_comparator")
    classes = [assessed(edit, points).change_class for points in (BEFORE, T1, Points(t2=NOW))]
    assert classes == ["major", "locked", "locked"]
    assert Points(t2=NOW).phase == "t2_t3"
    assert [points.phase for points in (BEFORE, T1, T2, T3, T4)] == ["pre_t1", "t1_t2", "t2_t3", "t3_t4", "post_t4"]
    assert T4.until("2026-02-01") == BEFORE
    assert T4.until(NOW) == T4


def test_small_shifts_add_up_within_a_major_version():
    first = changed(put("dates.study_end.date", "2026-11-10"))
    assert assessed(put("dates.study_end.date", "2026-12-20"), first=first).change_class == "major"


def test_a_frozen_ai_system_gets_no_new_version_in_passing():
    new_version = put("interventions.0.ai_system.model_version", "v2")
    assert assessed(new_version).change_class == "major"

    def scheduled(content):
        content["interventions"][0]["ai_system"]["update_policy"] = "scheduled"

    content = registered()
    scheduled(content)
    before = Protocol.model_validate(content)
    new_version(content)
    assert assess(before, Protocol.model_validate(content), T3).change_class == "minor"
    assert assessed(put("interventions.0.kind", "policy")).change_class == "major"


def test_a_major_change_resets_both_reviews_and_a_minor_one_none():
    found = assessed(put("outcomes.1.unit.en", "p"), T2)
    assert (found.before, found.after, found.phase) == ("1.0", "2.0", "t2_t3")
    assert found.resets == {"methods": ("F",), "ethics": ()}
    assert found.affected_hypotheses == ("H2",)
    assert (found.rediagnosis_needed, found.ethics_reapproval_needed, found.reconsent_needed) == (True, False, False)
    minor = assessed(put("acronym", "AIT"))
    assert (minor.after, minor.resets, minor.status) == ("1.1", {}, "amended before data")


def test_a_new_zone_keeps_the_assignment_that_was_drawn():
    found = assessed(add("zones", {"zone_id": "suzhou"}, like=0), T1)
    assert (found.zones_added, found.redraw, found.ethics_reapproval_needed) == (("suzhou",), False, True)
    assert assessed(put("arms.0.label.en", "x")).redraw is True


def test_versions_are_numbered_by_the_platform(old):
    found = assess(old, old.model_copy(update={"version": "9.9", "acronym": "AIT"}), BEFORE)
    assert found.after == "1.1"
    assert next_version("3.4", "locked") == "4.0"


REQUEST = Request("missing_information", "A sentence that says what happened. " * 4, "lin")
KNOWN = frozenset({"H1"})


def refusal(edit, request=REQUEST, points=BEFORE, readings=()):
    with pytest.raises(Refused) as caught:
        check_request(assessed(edit, points), request, readings, KNOWN)
    return caught.value


def test_what_is_refused_says_what_remains_possible():
    assert refusal(dict.keys).code == "E-AMD-01"
    assert refusal(add("ethics", {"id": "E2"}, like=0)).code == "E-AMD-01"
    locked = refusal(put("outcomes.0.unit.en", "h"), points=T2)
    assert (locked.code, "outcomes[wait].unit.en" in locked.text.en) == ("E-AMD-02", True)
    assert "exploratory" in locked.text.en
    assert "探索性" in locked.text.zh
    assert refusal(put("acronym", "A"), Request("because", "x" * 200, "lin")).code == "E-AMD-03"
    assert refusal(put("acronym", "A"), Request("funding", " x " * 20 + " " * 99, "lin")).code == "E-AMD-04"
    assert (
        refusal(put("acronym", "A"), Request("funding", "x" * 100, "lin", affected_hypotheses=("H7",))).code
        == "E-AMD-06"
    )


def test_knowledge_of_results_is_held_against_the_access_log():
    readings = (Reading("2026-03-02T10:00:00", blinded=True), Reading("2026-03-01T10:00:00"))
    told = refusal(put("acronym", "A"), readings=readings)
    assert told.code == "E-AMD-05"
    assert "2026-03-01T10:00" in told.text.en
    assert "unblinded" in told.text.zh
    assert [known_from(()), known_from(readings[:1])] == ["none", "blinded_aggregate"]
    told = Request("funding", "x" * 100, "lin", knowledge_of_results="unblinded", affected_hypotheses=("H1",))
    found = assessed(put("acronym", "A"), T3)
    check_request(found, told, readings, KNOWN)
    record = amendment_record(found, told, readings)
    assert (record["from"], record["to"], record["class"], record["phase_at_change"]) == (
        "1.0",
        "1.1",
        "minor",
        "t3_t4",
    )
    assert record["changed_paths"] == ["acronym"]
    assert record["affected_hypotheses"] == ["H1"]
    assert record["readings_on_record"] == 2


def test_edits_count_letters():
    assert [edits("", "ab"), edits("ab", ""), edits("kitten", "sitting")] == [2, 2, 3]
