"""Raw tables: one asset per contract, cut by zone × wave; materialising one takes what waits for it in the inbox.

Belongs here: which waiting files a run takes, and what it records. Does not: what taking means (quality.inbox).

A run that names partitions takes those only, and Dagster records them. A run that names none (`everything`, the nightly
run) takes all that waits and records each partition it touched, never those it did not.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from data.contracts import contract_digest, contract_names, load_contract
from orchestration.failures import RETRY, told
from orchestration.partitions import WAVE_DIMENSION, ZONE_DIMENSION, partition_of, zone_waves
from orchestration.resources import House

if TYPE_CHECKING:
    from quality.inbox import InboxFile
    from quality.verdict import SubmissionResult

GROUP = "raw"
INTAKE = "intake"


def raw_key(contract: str) -> dg.AssetKey:
    """Return the asset key of a contract's table."""
    return dg.AssetKey(["raw", contract])


def raw_assets() -> list[dg.AssetsDefinition]:
    """Return one asset per shipped contract, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # backfill_policy; the pin dagster<1.14 holds it still
        return [raw_asset(name) for name in contract_names()]


def raw_asset(name: str) -> dg.AssetsDefinition:
    """Return the asset of one contract's table."""
    contract = load_contract(name)

    @dg.asset(
        key=raw_key(name),
        group_name=GROUP,
        owners=["team:data"],
        kinds={"deltalake"},
        description=contract.description.en,
        metadata={"grain": contract.grain, "contract_version": contract.version},
        code_version=contract_digest(contract)[:12],
        partitions_def=zone_waves(),
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=RETRY,
        check_specs=[dg.AssetCheckSpec(INTAKE, asset=raw_key(name), description="Every file and row entered.")],
    )
    def raw(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with told():
            taken = take_waiting(context, house, name)
        touched = record_partitions(context, taken)
        return dg.MaterializeResult(metadata=counts(taken, touched), check_results=[intake_verdict(taken)])

    return raw


Taken = Sequence[tuple["InboxFile", "SubmissionResult | None"]]
"""Each file with its verdict; None: it was left in the inbox (it changed while it was read, or has no place)."""


def take_waiting(context: dg.AssetExecutionContext, house: House, contract: str) -> Taken:
    """Submit what waits for the contract, within the run's partitions if it names any."""
    from quality.inbox import pending, take

    workspace = house.workspace()
    wanted = run_partitions(context)
    waiting = [file for file in pending(workspace) if file.contract == contract]
    chosen = [file for file in waiting if wanted is None or partition_of(file.zone, file.wave) in wanted]
    return [(file, next(iter(take(workspace, [file], run_id=context.run.run_id)), None)) for file in chosen]


def run_partitions(context: dg.AssetExecutionContext) -> set[dg.MultiPartitionKey] | None:
    """Return the partitions that the run names, or None if it names none."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return None
    keys = [zone_waves().get_partition_key_from_str(str(key)) for key in context.partition_keys]
    return {partition_of(k.keys_by_dimension[ZONE_DIMENSION], k.keys_by_dimension[WAVE_DIMENSION]) for k in keys}


def record_partitions(context: dg.AssetExecutionContext, taken: Taken) -> int:
    """Record a materialisation for each partition touched by a run that names none; returns how many were touched."""
    rows: Counter[dg.MultiPartitionKey] = Counter()
    for file, result in taken:
        rows[partition_of(file.zone, file.wave)] += result.rows_accepted if result else 0
    if run_partitions(context) is None:
        context.instance.add_dynamic_partitions(
            WAVE_DIMENSION, sorted({k.keys_by_dimension[WAVE_DIMENSION] for k in rows})
        )
        for key in sorted(rows):
            context.log_event(dg.AssetMaterialization(context.asset_key, partition=key, metadata={"rows": rows[key]}))
    return len(rows)


def counts(taken: Taken, partitions: int) -> dict[str, int | list[str]]:
    """Return the metadata of a materialisation: what came in, by number."""
    results = [result for _, result in taken if result]
    return {
        "dagster/row_count": sum(result.rows_accepted for result in results),
        "rows_read": sum(result.rows_read for result in results),
        "rows_quarantined": sum(result.rows_quarantined for result in results),
        "files": len(taken),
        "partitions": partitions,
        "submissions": [result.submission_id for result in results],
        "sha256": [result.sha256 for result in results],
    }


def intake_verdict(taken: Taken) -> dg.AssetCheckResult:
    """Warn when a file was refused or left, or rows went to quarantine; the good rows are in, so nothing is blocked."""
    states = Counter(str(result.status) if result else "left" for _, result in taken)
    return dg.AssetCheckResult(
        check_name=INTAKE,
        passed=not (states["quarantined"] or states["rejected"] or states["left"]),
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(sorted(states.items())),
    )
