"""A results document with every account filled, small enough to be read; made through the published models."""

from __future__ import annotations

from typing import Any

from experiments.accounts.shapes_judged import Accounts
from tests.unit.report.cases import BENEFIT, HARM, LOOSE, document, text


def arms(**numbers: Any) -> list[dict[str, Any]]:
    """Return both arms with these numbers, each a pair."""
    return [{"id": name, **{key: pair[n] for key, pair in numbers.items()}} for n, name in enumerate("ab")]


FLOW = {
    "id": "panel_individual_wave",
    "unit": "person",
    "planned_units": 2640,
    "planned_clusters": 88,
    "assigned": arms(units=(1315, 1325), clusters=(43, 45)),
    "waves": [
        {
            "id": "W2",
            "arms": [
                {
                    "id": "a",
                    "units": 1315,
                    "states": {"seen": 1210, "refused": 105},
                    "with_outcome": {"wait_min": 1190},
                },
                {
                    "id": "b",
                    "units": 1325,
                    "states": {"seen": None, "refused": None},
                    "with_outcome": {"wait_min": None},
                },
            ],
        }
    ],
}
BASELINE = {
    "id": "panel_individual_wave",
    "wave": "W1",
    "rows": [
        {
            "id": "wait_min",
            "label": text("Waiting time", "等候时间"),
            "about": "unit",
            "arms": arms(n=(1280, 1285), mean=(48.2, 48.5), sd=(9.32, 9.71)),
            "difference": -0.317,
            "held": False,
        },
        {
            "id": "rare",
            "label": text("Rare", "罕见"),
            "about": "unit",
            "arms": arms(n=(20, 25), mean=(None, None), sd=(None, None)),
            "difference": None,
            "held": True,
        },
    ],
    "largest": 0.317,
}
DELIVERY = {
    "cards": [
        {
            "id": "triage",
            "name": text("AI triage at the desk", "前台 AI 分诊"),
            "provider": "SIMULATED",
            "model_family": "SIMULATED",
            "model_version": "1.3",
            "version_range": ["1.3"],
            "update_policy": "frozen",
            "decision_role": "recommends",
            "human_override": True,
            "alternative": None,
        }
    ],
    "systems": [
        {
            "id": "triage",
            "first_month": "2025-01",
            "last_month": "2025-12",
            "versions": ["1.3"],
            "arms": arms(offered_share=(0.957, 0.0), used_share=(0.788, None)),
        }
    ],
    "dose_of": "signal_share",
    "dose": [{"id": "2025-02", "arms": arms(mean=(0.173, 0.0))}],
}
POWER = {
    "id": "wait",
    "sesoi": 2.0,
    "planned_power": 0.847,
    "planned_mde": 1.4717,
    "simulations": 1000,
    "achieved_mde": 1.5683,
    "sees_sesoi": True,
}
ATTRITION = {
    "id": "panel_individual_wave",
    "analyses": ["wait"],
    "waves": [{"id": "W2", "estimate": -0.0358, "conf_low": -0.0576, "conf_high": -0.014, "p_value": 0.0019}],
    "joint_p_value": 0.0123,
    "n_clusters": 44,
}
OVER_TIME = {
    "id": "panel_individual_wave:wait_min",
    "dataset": "panel_individual_wave",
    "variable": "wait_min",
    "waves": [{"id": "W3", "arms": arms(mean=(44.7, None))}],
}
ROBUST = {
    "id": "wait_ancova",
    "parent": "wait",
    "varies": text("adjusted for the first wave", "以首轮校正"),
    "estimate": -5.111,
    "std_error": 0.52,
    "conf_low": -6.149,
    "conf_high": -4.073,
    "p_value": 0.0007,
    "n_units": 2400,
    "reason": None,
}
HARMS = {
    "watched": [
        {
            "id": "jobs",
            "name": text("Routine jobs", "常规岗位"),
            "definition": text("A fall is a harm.", "减少即为不良影响。"),
            "source": "admin",
            "waves": ["W2"],
            "analyses": ["jobs"],
        }
    ],
    "rules": [{"id": "floor", "crossed": 1, "quiet": 9, "silent": 2, "threshold": 12.5}],
    "events_since": "2024-12-16",
    "events": [{"id": "ended", "label": text("died", "去世"), "arms": arms(units=(0, None))}],
}
CERTAINTY = {
    "id": "wait",
    "start": "high",
    "proposed": "moderate",
    "reasons": [{"id": "attrition", "levels": 1, "text": text("leaving depended on the arm", "离开与组别有关")}],
    "bias": dict.fromkeys(("randomisation", "deviations", "missing_data", "measurement", "selection"), "good"),
}
ELSEWHERE = {
    "id": "wait",
    "zones": 11,
    "zones_left_out": 1,
    "pooled": -6.0763,
    "conf_low": -6.738,
    "conf_high": -5.4146,
    "tau2": 0.25,
    "i2": 43.51,
    "prediction_low": -7.4481,
    "prediction_high": -4.7045,
    "without_low": -5.8904,
    "without_high": -5.4395,
    "moves_most": "beijing",
    "changes_sign": False,
}
DECLARED = {
    "abstract": text("In short.", "简述。"),
    "prior_work": ["none"],
    "theory": [text("Order", "排序"), text("Wait", "等候")],
    "assumptions": [text("Nurses follow", "护士采纳")],
    "population": text("Adults", "成年人"),
    "sampling": "stratified",
    "masking": ["analyst"],
    "concealed": True,
    "dates": {"study_start": "2024-11-04"},
    "ethics": [
        {
            "id": "central",
            "board": "Board",
            "number": "N-1",
            "decision": "approved",
            "date": "2024-01-01",
            "expires_on": "2030-12-31",
            "zones": 11,
        }
    ],
    "consent": {"mode": "electronic", "withdrawal_policy": "delete_identified"},
    "protection": {"minimisation_note": text("Few columns.", "少数字段。"), "retention_until": "2031-12-31"},
    "risks": [
        {
            "risk": text("Left behind", "被落下"),
            "affected": text("The old", "年长者"),
            "mitigation": text("A nurse", "护士"),
        }
    ],
    "screening_tier": "low",
    "alternatives": {"elderly": text("A nurse", "护士")},
    "sponsor": {"id": "sponsor", "org": "University", "type": "research_institution", "award_no": None},
    "funders": [{"id": "funder-1", "org": "Fund", "type": "government", "award_no": "A-17"}],
    "implementer": {"id": "implementer", "org": "Bureau", "type": "government", "award_no": None},
    "implementer_sells": False,
    "remunerated": False,
    "publication": "unrestricted",
    "conflicts": [],
    "data_access": "controlled",
    "code_access": "open",
    "results_due": "2026-11-30",
}
NUMBERS = {
    "flow": ("1,315", "1,325", "43", "45", "2,640", "88", "1,210", "105", "1,190"),
    "baseline": ("48.2 (9.32)", "48.5 (9.71)", "n 1,280", "−0.32 ▲"),
    "delivery": ("95.7 %", "78.8 %", "0.0 %", "0.173"),
    "power": ("85 %", "1.5", "1.6", "1,000"),
    "attrition": ("−3.6", "−5.8 … −1.4", "0.002", "0.012", "44"),
    "over-time": ("W3", "44.7"),
    "robustness": ("−5.11", "−6.15 … −4.07", "<0.001", "−5.89", "−5.44", "12"),
    "harms": ("12.5", "2024-12-16"),
    "certainty": ("−1",),
    "elsewhere": ("11", "−6.08", "−6.74 … −5.41", "−7.45 … −4.70", "44 %"),
    "ethics": ("N-1", "2030-12-31", "A-17"),
    "history": ("R000003-0a0a0a0a",),
}
"""What each section must say of the accounts, by its key."""


def accounted(**differs: Any) -> dict[str, Any]:
    """Return the document; `differs` replaces parts of it."""
    accounts = Accounts.model_validate(
        {
            "flow": [FLOW],
            "baseline": [BASELINE],
            "delivery": DELIVERY,
            "power": [POWER],
            "over_time": [OVER_TIME],
            "robust": [ROBUST],
            "attrition": [ATTRITION],
            "bounds": [],
            "harms": HARMS,
            "certainty": [CERTAINTY],
            "elsewhere": [ELSEWHERE],
            "declared": DECLARED,
            "history": [{"id": "R000003-0a0a0a0a", "at": "2026-03-02T09:00:00+00:00", "analyses": 5}],
        }
    )
    entries = [
        {**item, "certainty": level} for item, level in ((BENEFIT, "moderate"), (HARM, "low"), (LOOSE, "very_low"))
    ]
    return document(*entries, accounts=accounts.model_dump(mode="json"), **differs)
