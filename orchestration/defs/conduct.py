"""Checks on conduct, after every release: harm rules and ethics decisions; what they find suspends an experiment in a zone.

Belongs here: finding → Dagster check result (counts and messages, never values of persons). Does not: the rules
(experiments.registry.harms, experiments.registry.ethics). They warn and never block: the release stands, the experiment stops.
"""

from typing import TYPE_CHECKING

import dagster as dg

from orchestration.defs.release import RELEASE_KEY
from orchestration.failures import told
from orchestration.resources import House

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.registry.harms import HarmFinding

HARMS, ETHICS = "harm_rules", "ethics_in_force"


def conduct_checks() -> list[dg.AssetChecksDefinition]:
    """Return the two checks on the release."""
    return [harm_check(), ethics_check()]


def harm_check() -> dg.AssetChecksDefinition:
    """Return the check that evaluates every registered harm rule and suspends where one is crossed."""

    @dg.asset_check(
        asset=RELEASE_KEY, name=HARMS, description="Registered harm rules, per zone; a crossed one suspends."
    )
    def harm_rules(house: House) -> dg.AssetCheckResult:
        from data.releases import load_release
        from experiments.registry.harms import act_on_harms
        from experiments.registry.store import Registry

        with told():
            workspace = house.workspace()
            return harm_verdict(act_on_harms(Registry.open(workspace), load_release(workspace, "latest")))

    return harm_rules


def ethics_check() -> dg.AssetChecksDefinition:
    """Return the check that suspends experiments in zones whose ethics decision has run out."""

    @dg.asset_check(asset=RELEASE_KEY, name=ETHICS, description="Ethics decisions of running experiments, per zone.")
    def ethics_in_force(house: House) -> dg.AssetCheckResult:
        from data.ethics_gate import today
        from experiments.registry.ethics import suspend_expired
        from experiments.registry.store import Registry

        with told():
            ended = suspend_expired(Registry.open(house.workspace()), today())
        return dg.AssetCheckResult(
            passed=not ended,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"suspended": [f"{experiment} {zone}" for experiment, zone in ended]},
        )

    return ethics_in_force


def harm_verdict(found: "Sequence[HarmFinding]") -> dg.AssetCheckResult:
    """Fold the findings into one result; silent rules are listed with their reasons, so that nobody takes them for quiet."""
    crossed = [item for item in found if item.state == "crossed"]
    silent = {
        f"{item.experiment_id} {item.rule_id} {item.zone}": item.message.en for item in found if item.state == "silent"
    }
    return dg.AssetCheckResult(
        passed=not crossed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "evaluated": len(found),
            "crossed": [item.message.en for item in crossed],
            "crossed_zh": [item.message.zh for item in crossed],
            "suspended": [f"{item.experiment_id} {item.zone}" for item in crossed if item.suspended],
            "who_acts": sorted({item.who_acts for item in crossed}),
            "silent": silent,
        },
    )
