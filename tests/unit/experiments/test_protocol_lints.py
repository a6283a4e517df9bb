"""Every lint of the registry finds its fault at its place, and nothing in a complete protocol."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from data.settings import REPOSITORY
from experiments.registry.check import LINTS, check_document
from experiments.run import DEMO

EXAMPLES = REPOSITORY / "experiments" / "registry" / "examples"
TODAY = date(2026, 6, 1)
Change = Callable[[dict[str, Any]], Any]


@cache
def _read(name: str) -> dict[str, Any]:
    path = next(folder / f"{name}.yml" for folder in (DEMO, EXAMPLES) if (folder / f"{name}.yml").is_file())
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def complete(name: str = "SE-2026-0001") -> dict[str, Any]:
    return deepcopy(_read(name))


def found(document: dict[str, Any], stage: str = "S") -> list[tuple[str, str, str]]:
    return [(item.path, item.severity, item.message.en) for item in check_document(document, stage, today=TODAY)]


@pytest.mark.parametrize("name", [path.stem for path in (*sorted(DEMO.glob("*.yml")), *sorted(EXAMPLES.glob("*.yml")))])
@pytest.mark.parametrize("stage", ["S", "R"])
def test_the_demo_and_the_examples_have_no_error(name: str, stage: str) -> None:
    assert [item for item in found(complete(name), stage) if item[1] == "error"] == []


def test_the_examples_are_five_designs_in_different_places() -> None:
    listed = [complete(path.stem) for path in sorted(EXAMPLES.glob("*.yml"))]
    assert len({item["evaluation_method"] for item in listed}) == len(listed) == 5
    assert len({item["sectors"][0] for item in listed}) == 5
    assert len({tuple(zone["zone_id"] for zone in item["zones"]) for item in listed}) == 5
    assert all(item["simulated"] for item in listed)


def _set(*steps: Any, to: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = to

    return change


def _drop(*steps: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in steps[:-1]:
            place = place[step]
        del place[steps[-1]]

    return change


def _add(name: str, **values: Any) -> Change:
    return lambda document: document[name].append({**document[name][0], **values})


def _all(*changes: Change) -> Change:
    def change(document: dict[str, Any]) -> None:
        for one in changes:
            one(document)

    return change


def _gate(place: int, keeper: str, rule: str = "serial") -> Change:
    return _all(
        _set("families", place, "gatekeeper", to=keeper),
        _set("families", place, "gatekeeping", to=rule),
    )


FILTER = "is_post == True and wave in ['W1', 'W9']"
ROBUST: dict[str, Any] = {"id": "r", "dataset": "panel_individual_wave", "estimator": "ols", "outcome": "wait_min"}
ROBUST |= {"treatment": "treat", "cluster": ["zone_id:block_id"], "what_varies": {"en": "a", "zh": "b"}}
ROBUST |= {"parent_analysis_id": "wait_itt"}

ERRORS: list[tuple[str, str, Change]] = [
    # references
    ("zones.11", "stands here twice", _add("zones")),
    ("schedule.4", "stands here twice", _add("schedule", order=9)),
    ("data_sources.2", "stands here twice", _add("data_sources")),
    ("robustness.0", "stands here twice", _set("robustness", to=[{**ROBUST, "id": "wait_itt"}])),
    ("zones.0.zone_id", "No zone is called atlantis", _set("zones", 0, "zone_id", to="atlantis")),
    ("zones.0.zone_approval_state", "has refused", _set("zones", 0, "zone_approval_state", to="refused")),
    ("zones.0.zone_ethics_ref", "is called elsewhere", _set("zones", 0, "zone_ethics_ref", to="elsewhere")),
    ("ethics.0.zones", "No zone is called atlantis", _set("ethics", 0, "zones", to=["atlantis"])),
    ("interventions.0.arms", "is called nobody", _set("interventions", 0, "arms", to=["nobody"])),
    ("dose_schedule.0.arm_id", "is called nobody", _set("dose_schedule", 0, "arm_id", to="nobody")),
    ("arms.0", "No intervention names the arm", _set("interventions", 0, "arms", to=["usual"])),
    ("inquiries.0.outcome_id", "is called height", _set("inquiries", 0, "outcome_id", to="height")),
    ("inquiries.0.contrast", "is called none", _set("inquiries", 0, "contrast", "arm_b", to="none")),
    ("inquiries.0.contrast", "compared with itself", _set("inquiries", 0, "contrast", "arm_b", to="triage")),
    (
        "contamination_risk.spillover_inquiry_id",
        "is called spill",
        _set("contamination_risk", to={"risk": "low", "spillover_inquiry_id": "spill"}),
    ),
    ("contamination_risk.mitigation", "needs a mitigation", _set("contamination_risk", to={"risk": "high"})),
    ("hypotheses.0.inquiry_id", "is called why", _set("hypotheses", 0, "inquiry_id", to="why")),
    ("hypotheses.0.family_id", "is called kin", _set("hypotheses", 0, "family_id", to="kin")),
    ("hypotheses.0", "No analysis answers H1", _set("analyses", 0, "hypothesis_ids", to=[])),
    ("hypotheses.1.sesoi", "needs a smallest effect", _drop("hypotheses", 1, "sesoi")),
    (
        "analyses.0.estimator",
        "no answer but CR1",
        _all(_set("analyses", 0, "cluster", to=["zone_id"]), _set("analyses", 0, "estimator", to="poisson")),
    ),
    ("families.0.order", "has no order", _set("families", 0, "order", to=["H1"])),
    ("families.0.order", "each hypothesis of the family once", _set("families", 0, "correction", to="fixed_sequence")),
    ("families.0.resampling", "draws nothing", _set("families", 0, "resampling", to={"reps": 999})),
    ("families.0.correction", "ask for a margin", _set("families", 0, "correction", to="romano_wolf")),
    (
        "families.0.correction",
        "not wait_itt",
        _all(_set("families", 0, "correction", to="romano_wolf"), _set("analyses", 0, "estimator", to="gee")),
    ),
    (
        "families.1.correction",
        "name one and the same cluster",
        _all(_set("families", 1, "correction", to="romano_wolf"), _set("analyses", 2, "cluster", to=["zone_id"])),
    ),
    (
        "families.1.correction",
        "assignment_spec draws nothing",
        _all(
            _set("families", 1, "correction", to="westfall_young"),
            _set("assignment_spec", "method", to="external"),
            _set("assignment_spec", "ratio", to={}),
        ),
    ),
    ("families.1.gatekeeping", "give both or neither", _set("families", 1, "gatekeeper", to="main")),
    ("families.1.gatekeeper", "is called kin", _gate(1, "kin")),
    ("families.1.gatekeeper", "in a circle", _all(_gate(0, "age"), _gate(1, "main"))),
    ("families.1.gatekeeper", "in a circle", _gate(1, "age")),
    ("families.1.gatekeeper", "holds the false", _all(_set("families", 0, "correction", to="bh"), _gate(1, "main"))),
    ("families.1.gatekeeping", "passed on in parallel", _gate(1, "main", "parallel")),
    ("families.1.alpha", "both are one", _all(_gate(1, "main"), _set("families", 1, "alpha", to=0.1))),
    (
        "families.2.gatekeeper",
        "passed on once",
        _all(
            _gate(1, "main"),
            _add("families", id="more", correction="none", gatekeeper="main", gatekeeping="serial"),
            _set("hypotheses", 4, "family_id", to="more"),
        ),
    ),
    ("theory_of_change.edges.0", "is called magic", _set("theory_of_change", "edges", 0, "target", to="magic")),
    (
        "theory_of_change.edges",
        "in a circle",
        lambda c: c["theory_of_change"]["edges"].append({"source": "satisfied", "target": "triage_in_use"}),
    ),
    ("schedule.0.instruments", "is called guess", _set("schedule", 0, "instruments", to=["guess"])),
    ("robustness.0.parent_analysis_id", "Say which", _set("robustness", to=[{**ROBUST, "parent_analysis_id": None}])),
    ("robustness.0.parent_analysis_id", "is called x", _set("robustness", to=[{**ROBUST, "parent_analysis_id": "x"}])),
    ("robustness.0.what_varies", "Say what varies", _set("robustness", to=[{**ROBUST, "what_varies": None}])),
    (
        "heterogeneity.0.hypothesis_ids",
        "is called H9",
        _set(
            "heterogeneity", to=[{"variable": "is_elderly", "measured_pre_treatment": True, "hypothesis_ids": ["H9"]}]
        ),
    ),
    # people
    ("investigators", "Nobody has the role pi", _set("investigators", 0, "role", to="analyst")),
    ("remuneration_from_implementer.note", "who is paid", _set("remuneration_from_implementer", "received", to=True)),
    (
        "publication_agreement.review_period_days",
        "how many days",
        _set("publication_agreement", "kind", to="review_period"),
    ),
    (
        "conflicts.declared.0.person",
        "is not in the team",
        _set("conflicts", "declared", to=[{"person": "x", "kind": "other", "entity": "y"}]),
    ),
    ("attestations", "Not yet stated: lawful_basis", _drop("attestations", 3)),
    ("attestations.0.person", "Only the responsible party", _set("attestations", 0, "person", to="demo.analyst")),
    # screening and AI card
    ("interventions.0.ai_system", "belongs to interventions", _set("interventions", 0, "kind", to="training")),
    (
        "interventions.0.ai_system.version_range",
        "has one version",
        _set("interventions", 0, "ai_system", "version_range", to=["1.0", "1.1"]),
    ),
    (
        "interventions.0.ai_system.model_version",
        "is not in version_range",
        _set("interventions", 0, "ai_system", "model_version", to="2.0"),
    ),
    ("screening.prohibited", "No answer for the prohibited practice", _drop("screening", "prohibited", 2)),
    ("screening.prohibited.0.present", "is prohibited", _set("screening", "prohibited", 0, "present", to=True)),
    ("screening.necessity_note", "High risk", _set("screening", "risk_tier", to="high")),
    ("screening.compliance_review_ref", "High risk", _set("screening", "risk_tier", to="high")),
    ("screening.risk_tier", "medium risk at least", _set("screening", "biometrics", to=True)),
    ("screening.biometrics_safeguard_note", "which safeguards", _set("screening", "biometrics", to=True)),
    ("screening.employment_rights_note", "article 69", _set("screening", "employment_use", to=["recruitment"])),
    ("screening.special_groups", "affected: minors", _drop("screening", "special_groups", 3)),
    (
        "screening.special_groups.0.alternative_offered",
        "keeps an alternative",
        _drop("screening", "special_groups", 0, "alternative_offered"),
    ),
    # sample and design
    (
        "sample_size.per_arm",
        "is called other",
        _set("sample_size", "per_arm", to={"triage": 1, "usual": 1, "other": 1}),
    ),
    ("sample_size.per_arm", "No number for the arm usual", _set("sample_size", "per_arm", to={"triage": 2640})),
    ("sample_size.per_arm", "add up to 2641", _set("sample_size", "per_arm", "usual", to=1321)),
    ("sample_size.units", "The zones add up to 2641", _set("zones", 0, "planned_n", to=241)),
    ("sample_size.clusters", "More clusters than units", _set("sample_size", "clusters", to=99999)),
    ("sample_size.clusters", "how many clusters", _drop("sample_size", "clusters")),
    ("unit_of_assignment", "holds the units", _set("unit_of_assignment", to="person")),
    ("stopping_rule.looks", "how many looks", _set("stopping_rule", to={"kind": "sequential"})),
    ("stopping_rule.spending", "alpha is spent", _set("stopping_rule", to={"kind": "sequential"})),
    ("allocation", "do not go together", _set("allocation", to="non_randomised")),
    ("study_type", "is interventional", _set("study_type", to="observational")),
    ("intervention_model", "do not go together", _set("intervention_model", to="stepped_wedge")),
    ("assignment_spec.strata", "needs it", _set("assignment_spec", "strata", to=[])),
    ("assignment_spec.method", "draws by chance", _set("allocation", to="non_randomised")),
    ("assignment_spec.method", "is not chance", _set("assignment_spec", "method", to="threshold")),
    ("assignment_spec.ratio", "is called nobody", _set("assignment_spec", "ratio", to={"nobody": 1})),
    ("assignment_spec.ratio", "above 0", _set("assignment_spec", "ratio", to={"triage": 0, "usual": 1})),
    ("assignment_spec.rerandomisation", "needs it", _set("assignment_spec", "method", to="rerandomised")),
    ("masking", "stands alone", _set("masking", to=["none", "analyst"])),
    ("model_m", "crystal_ball", _set("model_m", "generator", to="crystal_ball")),
    ("model_m", "luck", _set("model_m", "parameters", "luck", to=1)),
    # calendar
    ("dates.study_end.date", "No calendar has", _set("dates", "study_end", "date", to="2026-02-30")),
    ("dates.study_end", "lies before primary", _set("dates", "study_end", "date", to="2025-11-01")),
    (
        "dates.study_end.date",
        "lies in the past",
        _all(_set("simulated", to=False), _set("dates", "study_end", "type", to="anticipated")),
    ),
    ("dates.study_end.type", "lies in the future", _set("dates", "study_end", "date", to="2026-06-02")),
    ("outcomes.0.time_frame", "A note alone", _set("outcomes", 0, "time_frame", to={"note": {"en": "a", "zh": "b"}})),
    ("outcomes.0.time_frame.waves", "is called W7", _set("outcomes", 0, "time_frame", to={"waves": ["W7"]})),
    ("outcomes.0.time_frame.days", "ends before", _set("outcomes", 0, "time_frame", to={"days": [90, 30]})),
    ("schedule.0.target_date", "when the wave is due", _drop("schedule", 0, "target_date")),
    ("schedule.1.order", "has this place", _set("schedule", 1, "order", to=1)),
    ("sample_size.waves", "has 4 waves", _set("sample_size", "waves", to=5)),
    ("dose_schedule.0.end", "ends before", _set("dose_schedule", 0, "end", to="2024-12-01")),
    ("dose_schedule.0.start", "outside the study", _set("dose_schedule", 0, "start", to="2020-01-01")),
    ("arms.0", "when triage receives it", _set("dose_schedule", 0, "arm_id", to="usual")),
    ("dissemination.embargo_until", "at most 4 years", _set("dissemination", "embargo_until", to="2030-07-01")),
    ("dissemination.results_due", "within a year", _set("dissemination", "results_due", to="2027-01-01")),
    # words
    ("title_brief", "At most 300", _set("title_brief", to={"en": "AI " * 101, "zh": "标题标题标题"})),
    ("title_official", "At most 600", _set("title_official", to={"en": "AI " * 201, "zh": "标题"})),
    ("title_brief", "says too little", _set("title_brief", to={"en": "AI triage", "zh": "社区诊所 AI 分诊"})),
    ("title_brief", "says too little", _set("title_brief", to={"zh": "分诊"})),
    ("abstract.en", "between 500 and 4,000", _set("abstract", "en", to="Short.")),
    ("abstract.zh", "between 150 and 4,000", _set("abstract", "zh", to="短。")),
    ("outcomes.1.name", "says too little", _set("outcomes", 1, "name", to={"en": "Satisfaction", "zh": "x"})),
    ("outcomes.1.name", "says too little", _set("outcomes", 1, "name", to={"zh": "满意度"})),
    ("outcomes.0.unit", "A unit is needed", _set("outcomes", 0, "unit", to={"en": "N/A", "zh": "分钟"})),
    # outcomes
    ("outcomes.0.level", "not among impact_levels", _set("outcomes", 0, "level", to="society")),
    ("outcomes", "No outcome of tier primary", _set("outcomes", 0, "tier", to="secondary")),
    ("outcomes.1", "No inquiry is about", _all(_set("outcomes", 1, "tier", to="primary"), _drop("inquiries", 1))),
    ("outcomes.0.variables", "No released table has", _set("outcomes", 0, "variables", to=["wait_min", "joy"])),
    ("outcomes.0.data_source", "No data source is of kind", _set("outcomes", 0, "data_source", to="sensor")),
    # analyses
    ("analyses.0.dataset", "There is no table", _set("analyses", 0, "dataset", to="panel_of_dreams")),
    ("analyses.0.treatment", "has no column arm", _set("analyses", 0, "treatment", to="arm")),
    ("analyses.0.cluster", "has no column school", _set("analyses", 0, "cluster", to=["zone_id:school"])),
    ("analyses.0.fixed_effects", "has no column term", _set("analyses", 0, "fixed_effects", to=["term"])),
    ("analyses.0.filter", "has no column age", _set("analyses", 0, "filter", to="age > 60")),
    ("analyses.0.filter", "not allowed", _set("analyses", 0, "filter", to="is_post + 1")),
    ("analyses.0.filter", "not allowed", _set("analyses", 0, "filter", to="wave >= 2")),
    ("analyses.0.filter", "is called W9", _set("analyses", 0, "filter", to=FILTER)),
    ("analyses.0.hypothesis_ids", "is called H99", _set("analyses", 0, "hypothesis_ids", to=["H1", "H99"])),
    ("analyses.0.outcome", "not a variable of the outcome", _set("analyses", 0, "outcome", to="satisfaction_score")),
    ("analyses.0", "cox", _set("analyses", 0, "estimator", to="cox")),
    ("analyses.0", "does not use the field strata", _set("analyses", 0, "strata", to="block_id")),
    ("analyses.0.missing_data", "does complete_case", _set("analyses", 0, "missing_data", to="ipw")),
    ("robustness.0.treatment", "has no column arm", _set("robustness", to=[{**ROBUST, "treatment": "arm"}])),
    (
        "heterogeneity.0.variable",
        "has no column income",
        _set("heterogeneity", to=[{"variable": "income", "measured_pre_treatment": True}]),
    ),
    # protection
    ("data_sources.0.contract_id", "There is no contract", _set("data_sources", 0, "contract_id", to="gossip")),
    ("data_sources.0.consent_scope", "does not hold sensor", _set("data_sources", 0, "consent_scope", to="sensor")),
    ("exposure_measure.contract_id", "There is no contract", _set("exposure_measure", "contract_id", to="gossip")),
    ("exposure_measure.column", "has no column dose", _set("exposure_measure", "column", to="dose")),
    ("ethics.0.expires_on", "before it was taken", _set("ethics", 0, "expires_on", to="2023-01-01")),
    ("ethics.0.expires_on", "has expired", _set("ethics", 0, "expires_on", to="2026-05-31")),
    ("ethics.0.decision", "has refused", _set("ethics", 0, "decision", to="refused")),
    ("consent_plan.waiver_reason", "needs its reason", _set("consent_plan", "mode", to="waived")),
    ("consent_plan.scopes", "what is consented", _set("consent_plan", "scopes", to=[])),
    ("data_protection.retention_until", "before the end", _set("data_protection", "retention_until", to="2025-01-01")),
    ("harm_stopping_rule.0.outcome_id", "is called x", _set("harm_stopping_rule", 0, "outcome_id", to="x")),
    ("harm_stopping_rule.0.cut", "needs a cut", _set("harm_stopping_rule", 0, "statistic", to="share_below")),
    ("harm_stopping_rule.0.treatment", "treatment's column", _set("harm_stopping_rule", 0, "contrast", to=True)),
    ("harm_stopping_rule.0.dataset", "There is no table", _set("harm_stopping_rule", 0, "dataset", to="x")),
    ("harm_stopping_rule.0.variable", "has no column", _set("harm_stopping_rule", 0, "variable", to="x")),
    ("harm_stopping_rule.0.filter", "has no column x", _set("harm_stopping_rule", 0, "filter", to="x == 1")),
]

WARNINGS: list[tuple[str, str, Change]] = [
    ("arms.2", "No inquiry compares", _add("arms", arm_id="third", type="no_intervention")),
    ("hypotheses.0.sesoi", "too small to matter", _drop("hypotheses", 0, "sesoi")),
    ("families.2", "No hypothesis is in", _add("families", id="empty")),
    ("analyses.0.vcov", "11 clusters are too few for CR1", _set("analyses", 0, "cluster", to=["zone_id"])),
    ("families.0.correction", "is not corrected", _set("families", 0, "correction", to="none")),
    ("responsible_party", "not among the investigators", _set("responsible_party", "user", to="somebody")),
    ("publication_agreement.kind", "can stop publication", _set("publication_agreement", "kind", to="restricted")),
    (
        "implementing_agency.is_technology_vendor",
        "who else measures",
        _set("implementing_agency", "is_technology_vendor", to=True),
    ),
    (
        "interventions.0.ai_system.human_override",
        "nobody can overrule",
        lambda c: c["interventions"][0]["ai_system"].update(human_override=False, decision_role="decides_autonomously"),
    ),
    ("assignment_spec.factors", "does not use it", _set("assignment_spec", "factors", to={"a": ["x", "y"]})),
    ("schedule.1", "overlaps", _set("schedule", 0, "window_after", to=200)),
    ("outcomes.0.name", "The English text is missing", _set("outcomes", 0, "name", to={"zh": "等候时间"})),
    ("title_brief", "The Chinese text is missing", _drop("title_brief", "zh")),
    ("impact_levels.1", "No outcome has level", _set("impact_levels", to=["individual", "society"])),
    ("outcomes", "harms were not looked for", _set("outcomes", 2, "tier", to="secondary")),
    ("analyses.0.alpha", "the family of H1 says 0.05", _set("analyses", 0, "alpha", to=0.01)),
    ("data_sources.0.prior_access", "has seen these data", _set("data_sources", 0, "prior_access", to="analysed")),
    ("ethics.0.expires_on", "before the study ends", _set("dates", "study_end", "date", to="2031-01-01")),
    ("data_protection.cross_border", "cross a border", _set("data_protection", "cross_border", to=True)),
]


def _named(case: tuple[str, str, Change]) -> str:
    return f"{case[0]}: {case[1]}"


@pytest.mark.parametrize("case", ERRORS, ids=_named)
def test_a_fault_is_an_error_at_its_place(case: tuple[str, str, Change]) -> None:
    before, after = _found_around(case, "error")
    assert (before, len(after)) == ([], 1), after


@pytest.mark.parametrize("case", WARNINGS, ids=_named)
def test_a_doubt_is_a_warning_at_its_place(case: tuple[str, str, Change]) -> None:
    before, after = _found_around(case, "warning")
    assert (before, len(after)) == ([], 1), after


def _found_around(case: tuple[str, str, Change], severity: str) -> tuple[list[Any], list[Any]]:
    """Return what is found at the place before the change, and after it."""
    path, words, change = case
    document = complete()

    def hits() -> list[tuple[str, str, str]]:
        return [item for item in found(document) if item[0] == path and item[1] == severity and words in item[2]]

    before = hits()
    change(document)
    return before, hits()


@pytest.mark.parametrize(
    ("name", "path", "words", "change"),
    [
        ("stepped_wedge", "assignment_spec.periods", "needs it", _set("assignment_spec", "periods", to=[])),
        ("stepped_wedge", "assignment_spec.periods", "two steps", _set("assignment_spec", "periods", to=["2027Q2"])),
        ("stepped_wedge", "intervention_model", "do not go", _set("intervention_model", to="parallel")),
        ("stepped_wedge", "assignment_spec.factors", "needs it", _set("assignment_spec", "method", to="factorial")),
        ("SE-2026-0002", "assignment_spec.external_source", "needs it", _drop("assignment_spec", "external_source")),
        ("SE-2026-0002", "assignment_spec.threshold", "needs it", _set("assignment_spec", "method", to="threshold")),
        (
            "SE-2026-0002",
            "instruments.0.variant_of",
            "is called other",
            lambda c: c["instruments"][0].update(variant_of="other") or _add("instruments", id="b")(c),
        ),
    ],
)
def test_faults_of_other_designs(name: str, path: str, words: str, change: Change) -> None:
    document = complete(name)
    change(document)
    assert [item for item in found(document) if item[0] == path and words in item[2]]


def test_a_zone_without_ethics_is_an_error_from_registration_on() -> None:
    document = complete()
    document["ethics"][0]["zones"].remove("xian")
    for stage, expected in (("S", []), ("R", ["zones.10.zone_ethics_ref"]), ("L", ["zones.10.zone_ethics_ref"])):
        assert [item[0] for item in found(document, stage) if item[1] == "error"] == expected


def test_launch_asks_for_what_registration_does_not() -> None:
    document = complete()
    del document["interventions"][0]["ai_system"]["model_version"]
    del document["zones"][3]["local_lead"]
    document["zones"][4]["zone_approval_state"] = "pending"
    assert found(document, "R") == []
    assert {item[:2] for item in found(document, "L")} == {
        ("interventions.0.ai_system.model_version", "error"),
        ("zones.3.local_lead", "error"),
        ("zones.4.zone_approval_state", "warning"),
    }


def test_a_draft_is_not_asked_for_statements_and_sections_to_come() -> None:
    document = complete()
    kept = {"schema_version", "experiment_id", "version", "title_brief", "responsible_party", "investigators"}
    assert found({name: value for name, value in document.items() if name in kept}, "D") == []


def test_an_observational_study_delivers_nothing() -> None:
    document = complete("SE-2026-0003")
    document["study_type"], document["allocation"] = "observational", "not_applicable"
    for name in ("interventions", "dose_schedule", "exposure_measure", "contamination_risk", "assignment_spec"):
        del document[name]
    assert [item for item in found(document, "R") if item[1] == "error"] == []


def test_an_analysis_may_read_what_the_assignment_brings() -> None:
    document = complete()
    document["analyses"][0]["weights"] = "assignment_weight"
    assert found(document) == []


def test_every_lint_speaks_both_languages_and_is_listed_once() -> None:
    assert len(set(LINTS)) == len(LINTS)
    document = complete()
    for _, _, change in ERRORS[:20]:
        change(document)
    problems = check_document(document, today=TODAY)
    assert problems
    assert all(item.message.en.strip() and item.message.zh.strip() for item in problems)
