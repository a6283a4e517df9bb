"""The diagnoses of the demo's protocols, made once with as many simulations as registration asks for, and kept beside them.

Belongs here: finding and renewing them (`python -m experiments.registry.demo_diagnoses`, some ten minutes). Does not: diagnosing
(experiments.design.diagnose). A diagnosis follows from protocol, seed and code alone, so a kept one can be checked by making it
again; one whose design hash is no longer the protocol's is not used.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.design.diagnose import diagnose
from experiments.design.diagnosis import SIMULATIONS, design_hash
from experiments.registry.protocol import Protocol, load_protocol

DEMO = Path(__file__).resolve().parent / "demo"
KEPT = DEMO / "diagnoses"
SEED = 1


def diagnosis_of(protocol: Protocol) -> dict[str, Any]:
    """Return the kept diagnosis of a demo protocol; if its design has changed since, a new one, which takes minutes."""
    kept = kept_diagnosis(protocol)
    return kept if kept is not None else diagnose(protocol, sims=SIMULATIONS, seed=SEED).to_dict()


def kept_diagnosis(protocol: Protocol) -> dict[str, Any] | None:
    """Return the kept diagnosis if it is one of this very design."""
    path = KEPT / f"{protocol.experiment_id}.json"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found if found["design_hash"] == design_hash(protocol) else None


def renew(sims: int = SIMULATIONS) -> None:
    """Diagnose every demo protocol whose kept diagnosis is missing or of an earlier design."""
    KEPT.mkdir(exist_ok=True)
    for path in sorted(DEMO.glob("*.yml")):
        protocol = load_protocol(path)
        if kept_diagnosis(protocol) is None:
            text = json.dumps(diagnose(protocol, sims=sims, seed=SEED).to_dict(), ensure_ascii=False, indent=1)
            (KEPT / f"{protocol.experiment_id}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
