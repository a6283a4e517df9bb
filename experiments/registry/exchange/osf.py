"""OSF Preregistration, schema version 3 (`osf-preregistration-3.json`, questions q2 to q23): answers by response key.

Belongs here: the table. Does not: sending. A question with an upload (q6, q10, q14–q17) is answered under `<id>.question`,
as OSF's own keys are made; choices are OSF's options letter for letter, because it takes no others. Version 4 numbers its
questions anew on each server, so that no table can be written for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from experiments.registry.exchange.prose import both, inline, itemised, labelled, listed, paragraphs, spaced
from experiments.registry.exchange.target import Account, Target, account, filled, row
from experiments.registry.protocol import Protocol
from experiments.registry.schema.analysis import Moderator, RegisteredAnalysis
from experiments.registry.schema.design import Criterion, ModelM, SampleSize
from experiments.registry.schema.governance import DataSource
from experiments.registry.schema.meta import Words
from experiments.registry.schema.questions import Family, Hypothesis, Inquiry, Outcome

SCHEMA = {"name": "OSF Preregistration", "version": 3}

EXPERIMENT = (
    "Experiment - A researcher randomly assigns treatments to study subjects, this includes field or lab experiments. This is "
    "also known as an intervention experiment and includes randomized controlled trials."
)
OBSERVATIONAL = (
    "Observational Study - Data is collected from study subjects that are not randomly assigned to a treatment. This includes "
    "surveys, “natural experiments,” and regression discontinuity designs."
)
OTHER = "Other"

BLINDING = {
    "none": "No blinding is involved in this study.",
    "participant": "For studies that involve human subjects, they will not know the treatment group to which they have been "
    "assigned.",
    "provider": "Personnel who interact directly with the study subjects (either human or non-human subjects) will not be aware "
    "of the assigned treatments. (Commonly known as “double blind”)",
    "analyst": "Personnel who analyze the data collected from the study are not aware of the treatment applied to any given "
    "group.",
}
"""Our masking in their options; the assessor of outcomes has none and is told of in q5."""

EXISTING = {
    "not_created": "Registration prior to creation of data",
    "exists_not_observed": "Registration prior to any human observation of the data",
    "exists_not_accessed": "Registration prior to accessing the data",
    "accessed_not_analysed": "Registration prior to analysis of the data",
    "analysed": "Registration following analysis of the data",
}
"""In the order of growing knowledge: the answer for a study is that of the source that is known best."""


def to_osf(protocol: Protocol, visible: frozenset[str]) -> tuple[dict[str, Any], Account]:
    """Return the node's metadata, the responses by key with the questions' titles beside them, and the account of our fields."""
    answers = filled(QUESTIONS, protocol, visible)
    titles = {target.address: target.title for target in QUESTIONS}
    form = {
        "node": filled(NODE, protocol, visible),
        "questions": {key: titles[key] for key in answers},
        "registration_responses": answers,
    }
    return form, account((*NODE, *QUESTIONS), protocol, visible)


def _hypotheses(hypotheses: tuple[Hypothesis, ...], inquiries: tuple[Inquiry, ...]) -> str:
    return paragraphs(itemised(hypotheses), labelled("Inquiries that they are about", inquiries))


def _study_type(kind: str | None, allocation: str | None) -> str:
    if allocation == "randomised":
        return EXPERIMENT
    return OTHER if kind == "interventional" else OBSERVATIONAL


def _blinding(masking: tuple[str, ...]) -> list[str]:
    return [BLINDING[item] for item in masking if item in BLINDING]


def _more_blinding(masking: tuple[str, ...]) -> str:
    return "Those who assess the outcomes do not know the assigned arm." if "outcome_assessor" in masking else ""


def _existing(sources: tuple[DataSource, ...]) -> str:
    known = max(list(EXISTING).index(item.prior_access) for item in sources)
    return list(EXISTING.values())[known]


def _size(size: SampleSize | None, unit: str | None) -> str:
    if size is None:
        return ""
    arms = ", ".join(f"{arm} {n}" for arm, n in size.per_arm.items())
    clusters = f" in {size.clusters} clusters" if size.clusters else ""
    return f"{size.units} units ({spaced(unit or 'unit')}){clusters}, {size.waves} waves. By arm: {arms}."


def _rationale(model: ModelM | None, hypotheses: tuple[Hypothesis, ...], note: Words | None) -> str:
    sizes = "\n".join(f"- {h.id}: {h.sesoi.value} {inline(h.sesoi.unit)}" for h in hypotheses if h.sesoi)
    return paragraphs(
        f"Smallest effects of interest:\n{sizes}" if sizes else "",
        labelled("Power was simulated from this model", model),
        both(note),
    )


def _indices(outcomes: tuple[Outcome, ...]) -> str:
    found = (item for item in outcomes if item.scale == "index" or item.derivation)
    return "\n".join(f"- {item.id}: {item.derivation or ', '.join(item.variables)}" for item in found)


def _criteria(families: tuple[Family, ...], analyses: tuple[RegisteredAnalysis, ...]) -> str:
    rules = "\n".join(f"- {a.id}: {inline(a.decision_rule)}" for a in analyses if a.decision_rule)
    levels = ", ".join(f"{a.id} {a.alpha}" for a in analyses)
    return paragraphs(
        labelled("Families of hypotheses, corrected together", families),
        labelled("Level of significance by analysis", levels),
        f"Decision rules:\n{rules}" if rules else "",
    )


def _exclusion(eligibility: tuple[Criterion, ...], analyses: tuple[RegisteredAnalysis, ...]) -> str:
    out = tuple(item for item in eligibility if item.kind == "exclude")
    rows = "\n".join(f"- {a.id}: {a.filter}" for a in analyses if a.filter)
    return paragraphs(labelled("Excluded", out), f"Rows that each analysis keeps:\n{rows}" if rows else "")


def _missing(analyses: Iterable[RegisteredAnalysis]) -> str:
    return "\n".join(f"- {a.id}: {spaced(a.missing_data)}" for a in analyses)


def _exploratory(
    analyses: tuple[RegisteredAnalysis, ...],
    robustness: tuple[RegisteredAnalysis, ...],
    moderators: tuple[Moderator, ...],
    hypotheses: tuple[Hypothesis, ...],
) -> str:
    confirmatory = {item.id for item in hypotheses if item.tier == "confirmatory"}
    free = tuple(item for item in analyses if not confirmatory & set(item.hypothesis_ids))
    return paragraphs(
        labelled("Exploratory analyses", free),
        labelled("Robustness", robustness),
        labelled("Moderators, measured before treatment", moderators),
    )


_DESIGN = listed(
    "Study type", "Method", "Model", "Arms", "Units observed", "Units analysed", "Theory of change", "Note"
)
_DRAW = listed("Allocation", "Unit of assignment", "Assignment")
_COLLECTION = listed(
    "Target population", "Frame", "Eligibility", "Sampling", "Zones", "Waves", "Instruments", "Consent", "Dates"
)
_MANIPULATED = listed("Interventions", "Dose", "How exposure is known", "Contamination")
_REST = listed(
    "Official title",
    "Sponsor",
    "Funders",
    "Implementing agency",
    "Paid by the implementer",
    "Publication agreement",
    "Conflicts of interest",
    "Earlier work",
    "Other registries",
    "Ethics decisions",
    "Screening",
    "Risks",
    "Harm stopping rules",
    "Sharing",
    "Disclosure rules",
    "Levels of impact",
    "Sectors",
    "Type of task",
    "Code",
    "Simulated data",
)

NODE: tuple[Target, ...] = (
    row("title", "title_brief", both),
    row("description", "abstract", both),
    row("tags", "keywords jel_codes", lambda keywords, jel: [*keywords, *jel]),
    row("category", "domain", spaced),
    row(
        "contributors",
        "responsible_party investigators",
        lambda first, others: itemised((*((first,) if first else ()), *others)),
    ),
)

QUESTIONS: tuple[Target, ...] = (
    row("q2", "hypotheses inquiries", _hypotheses, title="Hypotheses"),
    row("q3", "study_type allocation", _study_type, title="Study type"),
    row("q4", "masking", _blinding, title="Blinding"),
    row("q5", "masking", _more_blinding, title="Is there any additional blinding in this study?"),
    row(
        "q6.question",
        "study_type evaluation_method intervention_model arms unit_of_observation unit_of_analysis theory_of_change design_note",
        _DESIGN,
        title="Study design",
    ),
    row("q7", "allocation unit_of_assignment assignment_spec", _DRAW, title="Randomization"),
    row("q8", "data_sources", _existing, title="Existing Data"),
    row("q9", "data_sources", itemised, title="Explanation of existing data"),
    row(
        "q10.question",
        "target_population sampling_frame eligibility sampling_method zones schedule instruments consent_plan dates",
        _COLLECTION,
        title="Data collection procedures",
    ),
    row("q11", "sample_size unit_of_observation", _size, title="Sample size"),
    row("q12", "model_m hypotheses diagnosis_note", _rationale, title="Sample size rationale"),
    row("q13", "stopping_rule", lambda rule: labelled("Stopping rule", rule), title="Stopping rule"),
    row(
        "q14.question",
        "interventions dose_schedule exposure_measure contamination_risk",
        _MANIPULATED,
        title="Manipulated variables",
    ),
    row("q15.question", "outcomes", itemised, title="Measured variables"),
    row("q16.question", "outcomes", _indices, title="Indices"),
    row("q17.question", "analyses", itemised, title="Statistical models"),
    row("q19", "families analyses", _criteria, title="Inference criteria"),
    row("q20", "eligibility analyses", _exclusion, title="Data exclusion"),
    row("q21", "analyses", _missing, title="Missing data"),
    row("q22", "analyses robustness heterogeneity hypotheses", _exploratory, title="Exploratory analysis"),
    row(
        "q23",
        "title_official sponsor funders implementing_agency remuneration_from_implementer publication_agreement conflicts "
        "prior_work secondary_ids ethics screening risk_register harm_stopping_rule dissemination disclosure_rules "
        "impact_levels sectors task_type code_ref simulated",
        _REST,
        title="Other",
    ),
)
