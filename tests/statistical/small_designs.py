"""Small protocols whose diagnosis has a known answer."""

from __future__ import annotations

from typing import Any

from experiments.registry.protocol import Protocol


def cluster_trial(*, effect: float = 0.0, direction: str = "increase", sesoi: float = 0.5, **model: Any) -> Protocol:
    """Return a trial of 24 clusters of 8 persons in one zone, one wave after treatment; changes to the model by name."""
    outcome = {"mean": 10.0, "sd": 1.0, "icc": 0.1, "effects": {"new": {"size": effect}}, **model.pop("outcome", {})}
    parameters = {
        "columns": {"cluster": "school_id"},
        "indicators": {"treat": {"arms": ["new"]}},
        "clusters_per_block": 24,
        "units_per_cluster": 8,
        "waves": ["W1"],
        "treated_from": "W1",
        "outcomes": {"score": outcome},
        **model,
    }
    return protocol(parameters, direction=direction, sesoi=sesoi)


def protocol(parameters: dict[str, Any], *, direction: str = "increase", sesoi: float = 0.5, **more: Any) -> Protocol:
    """Return a protocol around the parameters of a clustered panel."""
    return Protocol.model_validate(
        {
            "experiment_id": "SE-2026-0099",
            "title_brief": {"en": "A small trial"},
            "zones": [{"zone_id": "beijing", "role": "mixed"}],
            "arms": [
                {"arm_id": "new", "label": {"en": "New"}, "type": "experimental"},
                {"arm_id": "old", "label": {"en": "Old"}, "type": "usual_practice"},
            ],
            "outcomes": [outcome()],
            "inquiries": [inquiry()],
            "hypotheses": [hypothesis(direction, sesoi)],
            "analyses": [analysis()],
            "assignment_spec": {"method": "complete", "unit_id": "school_id"},
            "model_m": {"generator": "clustered_panel", "parameters": parameters},
            **more,
        }
    )


def factorial_trial(
    *, call: float = 0.0, visit: float = 0.0, both: float = 0.0, sesoi: float = 0.5, persons: int = 64, **outcome: Any
) -> Protocol:
    """Return a 2×2 trial of persons drawn singly: a call or not, a visit or not; three hypotheses, no correlation, sd 1."""
    effects = {"call": {"size": call}, "visit": {"size": visit}, "call+visit": {"size": both}}
    parameters = {
        "indicators": {name: {"arms": [arm]} for name, arm in (("c", "call"), ("v", "visit"), ("cv", "call+visit"))},
        "clusters_per_block": persons,
        "units_per_cluster": 1,
        "waves": ["W1"],
        "treated_from": "W1",
        "outcomes": {"score": {"mean": 10.0, "sd": 1.0, "effects": effects, **outcome}},
    }
    asked = {"call": ("call", "no_call"), "visit": ("visit", "no_visit"), "both": ("call", "visit")}
    plain = {"cluster": [], "vcov": "nonrobust"}
    return protocol(
        parameters,
        arms=[{"arm_id": name, "label": {"en": name}, "type": "experimental"} for name in _LEVELS],
        inquiries=[
            inquiry() | {"id": name, "contrast": dict(zip(("arm_a", "arm_b"), pair, strict=True))}
            for name, pair in asked.items()
        ],
        hypotheses=[hypothesis("non_zero", sesoi) | {"id": name, "inquiry_id": name} for name in asked],
        analyses=[
            analysis(id="call", hypothesis_ids=["call"], treatment="c", covariates=["v"], **plain),
            analysis(id="visit", hypothesis_ids=["visit"], treatment="v", covariates=["c"], **plain),
            analysis(id="both", hypothesis_ids=["both"], treatment="cv", covariates=["c", "v"], **plain),
        ],
        assignment_spec={
            "method": "factorial",
            "unit_id": "person_id",
            "factors": {"calling": ["call", "no_call"], "visiting": ["visit", "no_visit"]},
        },
    )


_LEVELS = ("call", "no_call", "visit", "no_visit")


def outcome() -> dict[str, Any]:
    """Return the outcome."""
    return {
        "id": "score",
        "name": {"en": "Score"},
        "tier": "primary",
        "level": "individual",
        "variables": ["score"],
        "time_frame": {"waves": ["W1"]},
        "scale": "continuous",
        "unit": {"en": "points"},
        "direction_of_benefit": "increase",
        "data_source": "survey",
    }


def inquiry(estimand: str = "itt") -> dict[str, Any]:
    """Return the inquiry."""
    contrast = {"arm_a": "new", "arm_b": "old"}
    return {"id": "q", "estimand": estimand, "population": {"en": "All"}, "contrast": contrast, "outcome_id": "score"}


def hypothesis(direction: str, sesoi: float) -> dict[str, Any]:
    """Return the hypothesis."""
    return {
        "id": "H1",
        "statement": {"en": "It helps"},
        "inquiry_id": "q",
        "direction": direction,
        "sesoi": {"value": sesoi, "unit": {"en": "points"}},
        "tier": "confirmatory",
    }


def analysis(**changes: Any) -> dict[str, Any]:
    """Return the analysis: clustered regression on the treatment."""
    return {
        "id": "main",
        "hypothesis_ids": ["H1"],
        "dataset": "panel_individual_wave",
        "estimator": "ols",
        "outcome": "score",
        "treatment": "treat",
        "cluster": ["school_id"],
        "vcov": "CR1",
        **changes,
    }
