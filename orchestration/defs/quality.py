"""Checks on raw tables: the expectation suite derived from each contract, blocking what lies downstream.

Belongs here: outcome → Dagster check result (counts, never values). Does not: the suites (quality.suites).
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import dagster as dg

from data.contracts import contract_names, load_contract
from data.messages import NotFound
from data.paths import Workspace
from orchestration.defs.raw import raw_key
from orchestration.failures import told
from orchestration.resources import House

if TYPE_CHECKING:
    from quality.suites import CheckOutcome

SUITE = "suite"


def raw_checks() -> list[dg.AssetChecksDefinition]:
    """Return one blocking check per shipped contract, by name."""
    return [raw_check(name) for name in contract_names()]


def raw_check(name: str) -> dg.AssetChecksDefinition:
    """Return the check of one contract's table as it stands after the run's files came in."""
    contract = load_contract(name)

    @dg.asset_check(
        asset=raw_key(name), name=SUITE, blocking=True, description=f"Expectations of {name}, per zone and wave."
    )
    def suite(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
        from quality.suites import validate_table

        with told():
            outcomes = validate_table(house.workspace(), house.ledger(), contract, run_id=context.run.run_id)
            renew_page(house.workspace(), context.run.run_id)
        return verdict(outcomes, raw_key(name), SUITE)

    return suite


def verdict(outcomes: "Sequence[CheckOutcome]", key: dg.AssetKey, check_name: str) -> dg.AssetCheckResult:
    """Fold the outcomes of one table into one result: it fails if any failed, as an error only if any of those is one."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    serious = any(outcome.severity == "error" for outcome in failed)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=check_name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if serious or not failed else dg.AssetCheckSeverity.WARN,
        metadata={
            "expectations": len(outcomes),
            "failed": [outcome.name for outcome in failed],
            "counts": {outcome.name: _plain(outcome.metadata) for outcome in failed},
        },
    )


def renew_page(workspace: Workspace, run_id: str) -> None:
    """Write the run's validation page anew; without stored results there is none, and that is no reason to stop."""
    from quality.validation_page import write_page

    with suppress(NotFound):
        write_page(workspace, run_id)


def _plain(metadata: object) -> dict[str, object]:
    return dict(metadata) if isinstance(metadata, dict) else {}
