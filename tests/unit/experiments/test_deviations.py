"""Each of the twelve triggers fires on its fact and on nothing else, and says so when it cannot look."""

from dataclasses import replace

import pytest

from experiments.registry.deviations.detect import DETECTORS, detect
from experiments.registry.deviations.model import AiVersion, Arrived, Collected, Done, InstrumentUsed, Ran
from experiments.registry.protocol import Protocol, load_protocol
from experiments.registry.schema.governance import EthicsDecision
from experiments.run import DEMO

WORDS = {"en": "x", "zh": "甲"}
SHA, OTHER = "a" * 64, "b" * 64
ADDED = {
    "allocation": "randomised",
    "sample_size": {"units": 200, "per_arm": {"triage": 100, "usual": 100}, "waves": 4},
    "eligibility": [
        {"id": "adult", "kind": "include", "expr": "age >= 18", "text": WORDS},
        {"id": "patient", "kind": "include", "text": WORDS},
    ],
    "schedule": [
        {"wave_id": "W1", "label": WORDS, "order": 0, "target_date": "2026-01-10", "window_before": 5, "window_after": 5},
        {"wave_id": "W2", "label": WORDS, "order": 1},
    ],
    "instruments": [{"id": "visit", "version": "1", "languages": ["zh"], "content_sha256": SHA, "mode": "capi"}],
    "data_sources": [
        {
            "id": "visits", "kind": "survey", "owner": "x", "legal_basis": WORDS, "consent_scope": "participation",
            "prior_access": "not_created", "contract_id": "clinic_visit",
        }
    ],
    "consent_plan": {
        "mode": "written", "form_version": "1", "scopes": ["participation"], "languages": ["zh"], "minors_rule": WORDS,
        "withdrawal_policy": "delete_all",
    },
}  # fmt: skip
DECISION = EthicsDecision(
    id="E1", board="B", number="1", decision="approved", date="2026-01-01", expires_on="2026-12-31", zones=("beijing",)
)


def protocol(**changes):
    content = load_protocol(DEMO / "SE-2026-0001.yml").model_dump(mode="json")
    content["interventions"][0]["ai_system"] |= {"model_version": "2.1", "version_range": []}
    return Protocol.model_validate({**content, **ADDED, **changes})


def as_run(plan):
    families = {item.id: item for item in plan.families}
    of = {item.id: families.get(item.family_id) for item in plan.hypotheses}
    return tuple(
        Ran(
            item.id, item.spec(), item.dataset, item.hypothesis_ids, item.missing_data, claims_confirmatory=True,
            correction=next((of[name].correction for name in item.hypothesis_ids if of[name]), None),
        )
        for item in plan.analyses
    )  # fmt: skip


@pytest.fixture(scope="module")
def clean():
    """Return facts that follow the plan to the letter."""
    plan = protocol()
    return Done(
        plan,
        units_by_arm={"triage": 90, "usual": 120},
        collected=(Collected("beijing", "W1", "2026-01-08", "2026-01-12", 50, 0),),
        instruments=(InstrumentUsed("visit", SHA, 3),),
        committed={"c1": "triage", "c2": "usual"},
        received={"c1": "triage"},
        ineligible={"adult": 0},
        ai_versions=(AiVersion("ai_triage", "2.1", "2026-01-01"),),
        runs=as_run(plan),
        arrived=(Arrived("beijing", "clinic_visit", "2026-12-31", 2),),
        decisions=(DECISION,),
        consent_missing={},
    )


def other_run(runs, place=0, **changes):
    return (*runs[:place], replace(runs[place], **changes), *runs[place + 1 :])


def with_spec(**changes):
    return lambda done: replace(done, runs=other_run(done.runs, spec=done.runs[0].spec.model_copy(update=changes)))


def given(**changes):
    return lambda done: replace(done, **changes)


def card(**changes):
    def change(done):
        content = done.protocol.model_dump(mode="json")
        content["interventions"][0]["ai_system"].update(changes)
        return replace(done, protocol=Protocol.model_validate(content), ai_versions=VERSIONS)

    return change


VERSIONS = (AiVersion("ai_triage", "2.1", "2026-01-01"), AiVersion("ai_triage", "2.9", "2026-02-01"))
SOURCE = ADDED["data_sources"][0]
FIRES = {
    "arm short": ("arm_short.triage", given(units_by_arm={"triage": 89, "usual": 90}), 11),
    "arm empty": ("arm_short.usual", given(units_by_arm={"triage": 90}), 100),
    "late wave": (
        "outside_window.beijing.W1", given(collected=(Collected("beijing", "W1", "2026-01-08", "2026-02-12", 50, 7),)), 7,
    ),
    "other instrument": (f"instrument_differs.visit.{OTHER[:12]}", given(instruments=(InstrumentUsed("visit", OTHER, 2),)), 2),
    "strange instrument": (f"instrument_differs.new.{OTHER[:12]}", given(instruments=(InstrumentUsed("new", OTHER, 1),)), 1),
    "other arm": ("assignment_differs", given(received={"c1": "usual", "c2": "usual", "c3": "usual"}), 2),
    "too young": ("ineligible.adult", given(ineligible={"adult": 4}), 4),
    "other version": ("ai_version_outside.ai_triage.2.9", given(ai_versions=VERSIONS), None),
    "first of a frozen one": ("ai_version_outside.ai_triage.2.9", card(model_version=None), None),
    "outside its range": ("ai_version_outside.ai_triage.2.9", card(update_policy="continuous", version_range=["2.1*"]), None),
    "unknown system": ("ai_version_outside.robot.1", given(ai_versions=(AiVersion("robot", "1", "2026-01-01"),)), None),
    "estimator": ("spec_differs.wait_itt", with_spec(estimator="difference_in_means"), None),
    "covariates": ("spec_differs.wait_itt", with_spec(covariates=("birth_year",)), None),
    "vcov": ("spec_differs.wait_itt", with_spec(vcov="HC1"), None),
    "weights": ("spec_differs.wait_itt", with_spec(weights="w"), None),
    "filter": ("spec_differs.wait_itt", with_spec(filter="is_post == False"), None),
    "no filter": ("spec_differs.wait_itt", with_spec(filter=None), None),
    "missing data": ("spec_differs.wait_itt", lambda done: replace(done, runs=other_run(done.runs, missing_data="ipw")), None),
    "no correction": (
        "correction_missing.wait_itt", lambda done: replace(done, runs=other_run(done.runs, correction=None)), None,
    ),
    "no row": ("outcome_unreported.wait", lambda done: replace(done, runs=done.runs[1:2] + done.runs[4:]), None),
    "extra claim": (
        "claim_unregistered.extra",
        lambda done: replace(done, runs=(*done.runs, replace(done.runs[0], analysis_id="extra", hypothesis_ids=()))), None,
    ),
    "ethics over": ("ethics_expired.beijing", given(arrived=(Arrived("beijing", "clinic_visit", "2027-01-01", 3),)), 3),
    "ethics refused": ("ethics_expired.beijing", given(decisions=(DECISION.model_copy(update={"decision": "refused"}),)), 2),
    "ethics refused since": (
        "ethics_expired.beijing",
        given(decisions=(DECISION, DECISION.model_copy(update={"decision": "refused", "date": "2026-05-01"}))), 2,
    ),
    "ethics not begun": ("ethics_expired.beijing", given(arrived=(Arrived("beijing", "clinic_visit", "2025-12-31", 1),)), 1),
    "ethics never": ("ethics_expired.xian", given(arrived=(Arrived("xian", "clinic_visit", "2026-06-01", 1),)), 1),
    "scope not asked": (
        "consent_missing.visits", given(protocol=protocol(data_sources=[{**SOURCE, "consent_scope": "sensor"}])), None,
    ),
    "no plan": ("consent_missing.visits", given(protocol=protocol(consent_plan=None)), None),
    "persons without": ("consent_missing.visits.persons", given(consent_missing={"visits": 2}), 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRES)
def test_trigger_fires(name, clean):
    wanted, change, units = FIRES[name]
    found = detect(change(clean), at="2026-03-01", phase="t2_t3", knowledge="none").deviations
    assert [item.id for item in found] == [wanted]
    only = found[0].to_dict()
    assert (only["units_affected"], only["phase"], only["discovered_at"]) == (units, "t2_t3", "2026-03-01")
    assert all(only[side][language] for side in ("planned", "actual") for language in ("en", "zh"))


def test_every_trigger_has_a_fact_that_fires_it():
    assert {wanted.split(".")[0] for wanted, _, _ in FIRES.values()} == {detector.name for detector in DETECTORS}


def test_all_are_silent_when_the_plan_was_followed(clean):
    found = detect(clean)
    assert found.deviations == ()
    assert [check.trigger for check in found.checks] == [detector.name for detector in DETECTORS]
    assert {check.state for check in found.checks} == {"ran"}
    assert len(DETECTORS) == 12


SILENT = {
    "another wave": given(collected=(Collected("beijing", "W2", "2020-01-01", "2020-01-01", 5, 5),)),
    "same filter written otherwise": with_spec(filter="(is_post==True)"),
    "version in its range": card(version_range=["2.*"]),
    "scheduled without a range": card(update_policy="scheduled"),
    "not run": lambda done: replace(done, runs=other_run(done.runs, 2, has_result=False, correction=None)),
    "not randomised": given(protocol=protocol(allocation="non_randomised"), received={"c9": "usual"}),
    "no AI": given(protocol=protocol(interventions=[]), ai_versions=VERSIONS),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_trigger_is_silent(name, clean):
    assert detect(SILENT[name](clean)).deviations == ()


def test_what_is_not_there_is_not_checked_and_told(clean):
    nothing = detect(Done(clean.protocol))
    told = {check.trigger: check.to_dict() for check in nothing.checks}
    assert {check.state for check in nothing.checks} == {"not_checked"}
    assert all(item["reason"]["en"] and item["reason"]["zh"] for item in told.values())
    assert nothing.deviations == ()
    empty = protocol(
        sample_size=None,
        eligibility=[],
        schedule=[],
        instruments=[],
        data_sources=[],
        interventions=[],
        allocation=None,
    )
    states = {check.trigger: check.state for check in detect(replace(clean, protocol=empty)).checks}
    assert [name for name, state in states.items() if state == "not_checked"] == [
        "arm_short", "outside_window", "instrument_differs", "ineligible", "consent_missing",
    ]  # fmt: skip


def test_what_was_found_before_a_check_stopped_is_kept(clean):
    plan = protocol(
        eligibility=[*ADDED["eligibility"], {"id": "local", "kind": "include", "expr": "lives == 1", "text": WORDS}]
    )
    found = detect(replace(clean, protocol=plan, ineligible={"adult": 2, "local": None}, received=None))
    assert [item.id for item in found.deviations] == ["ineligible.adult"]
    states = {check.trigger: (check.state, check.found) for check in found.checks}
    assert states["ineligible"] == ("not_checked", 1)
    assert states["assignment_differs"] == ("not_checked", 0)
