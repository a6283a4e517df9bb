"""Panels: write, audit, publish. A build that breaks a blocking rule is never seen by a reader.

Belongs here: the order of the steps from a pinned lake to a published generation. Does not: SQL (dbt_project), rules (suites,
row_accounts), generations (data.generations).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data import generations
from data.concordance.write import require_compiled
from data.contracts import contract_digest, load_contract, load_contracts
from data.duck import open_duckdb, parquet_source, quote_name
from data.durable import write_parquet_stream
from data.generations import Generation
from data.lake import Lake
from data.ledger import Ledger
from data.locks import exclusive
from data.messages import Text, WrongUsage
from data.part_sums import PartSums
from data.paths import Workspace
from data.pins import Pin
from quality.agreements import hold
from quality.dbt_runner import DbtBuild, run_build
from quality.marts import Mart, marts
from quality.months import Months, growing, plan
from quality.outcomes import CheckOutcome, PanelRefused, store
from quality.row_accounts import reconcile
from quality.suites import validate_mart
from quality.validation_page import write_page

__all__ = ["PanelBuild", "PanelRefused", "build_panels"]

DATABASE = "panel.duckdb"
SUMS = "part_sums.json"
GROUP_ROWS = 1 << 17
"""Rows of one row group of a mart's file: what is in memory, and what a reader's thread takes at a time."""
MEMORY_MB = 2048
"""What a build keeps in memory, as dbt's profile says too; the rest is spilled into the build folder."""


@dataclass(frozen=True)
class PanelBuild:
    """A published build: the generation, every check that was made, rows per mart."""

    generation: Generation
    checks: tuple[CheckOutcome, ...]
    models: Mapping[str, int]


def build_panels(workspace: Workspace, ledger: Ledger, *, run_id: str, select: tuple[str, ...] = ()) -> PanelBuild:
    """Build the marts from the lake as it stands, check them, publish them.

    Parameters
    ----------
    run_id
        Names the results: ``validations/<run_id>/``.
    select
        dbt selectors such as ``("+panel_social_insure",)``; only the marts they name are built and published. Use it
        in a workspace of its own: the generation then holds no other mart.

    Returns
    -------
    PanelBuild
        `generation` is the current one again when rows, pin and contracts have not changed.

    Raises
    ------
    PanelRefused
        A dbt test, the reconciliation or a suite failed with severity error. It carries all outcomes, they are stored, and the
        last good generation stays current.
    WrongUsage
        E-PANEL-11: the selectors name no mart. E-PANEL-12: publishing the selected marts alone would take others from readers.
    Refused
        E-CONC-03: a concordance does not fit its contracts, a changed code frame without a row above all.
    PlatformFailed
        E-CONC-04: the models are not what the concordances say. A model could not be built, or another build held the lock for
        ten minutes.

    Notes
    -----
    Two builds of a workspace queue behind a lock file. The DuckDB file is made anew each time and is nobody else's to read.
    Months of which nothing has changed are taken from the build before (`quality.months`): the tables are the same as without.
    """
    require_compiled()
    with exclusive(workspace.build / "panel.lock"):
        lake = Lake(workspace, ledger)
        sums = PartSums(workspace.build / SUMS)
        pin = lake.pin(sums=sums)
        sums.keep()
        months = None if select else plan(workspace, pin)
        database, kept = _prepare(workspace, lake, pin, months)
        dbt = run_build(database, workspace.build, select)
        with open_duckdb(str(database), spill=workspace.build, memory_mb=MEMORY_MB) as connection:
            built = _selected(workspace, dbt, select)
            checks, facts = _audit(connection, workspace, built, dbt, kept)
            _store(workspace, run_id, checks, facts, pin)
            if any(check.blocks for check in checks) or dbt.skipped:
                raise PanelRefused(checks)
            source = _export(connection, workspace, built)
            known = months.take_over(connection, _staging(), source) if months else {}
        generation = generations.publish(
            workspace, ledger, source=source, pin=pin, run_id=run_id, contracts=_digests(built), known=known
        )
    rows = {mart.name: generation.tables[mart.name].rows for mart in built}
    return PanelBuild(generation, tuple(checks), rows)


def _prepare(workspace: Workspace, lake: Lake, pin: Pin, months: Months | None) -> tuple[Path, dict[str, int]]:
    """Make a fresh database with one view per contract that panels read, empty and typed where nothing has arrived.

    Returns
    -------
    Path and dict
        The database, and of the growing tables the rows whose months are kept: the views lack them.
    """
    database = workspace.build / DATABASE
    for left in (database, database.with_name(database.name + ".wal")):
        left.unlink(missing_ok=True)
    with open_duckdb(str(database), spill=workspace.build, memory_mb=MEMORY_MB) as connection:
        connection.execute("create schema lake")
        for name, contract in load_contracts("panel").items():
            if months is None or name not in growing():
                select = lake.relation_sql(contract, pin.as_of_seq, pin.held)
                connection.execute(f"create view lake.{quote_name(name)} as {select}")
        return database, months.prepare(connection, pin) if months else {}


def _staging() -> dict[str, str]:
    """Return the staging model of each growing table."""
    accounts = (account for mart in marts().values() for account in mart.meta.accounts_for)
    return {account.source: account.staging for account in accounts if account.source in growing()}


def _selected(workspace: Workspace, dbt: DbtBuild, select: Sequence[str]) -> list[Mart]:
    """Return the marts that dbt made (a skipped one refuses the build later); refuse a selection that readers would miss."""
    built = [mart for mart in marts().values() if mart.name in dbt.made]
    named = {*dbt.made, *dbt.skipped}
    if select and not named & set(marts()):
        raise WrongUsage(
            "E-PANEL-11",
            Text(
                en=f"{' '.join(select)} names no panel. Known: {', '.join(marts())}.",
                zh=f"{' '.join(select)} 未指定任何面板。可用：{'、'.join(marts())}。",
            ),
        )
    last = generations.current(workspace)
    lost = sorted(set(last.tables) - named) if select and last else []
    if lost:
        raise WrongUsage(
            "E-PANEL-12",
            Text(
                en=f"Publishing this selection alone would take {', '.join(lost)} from readers. Build everything, or use a"
                " workspace of its own.",
                zh=f"仅发布所选面板会使读者失去 {'、'.join(lost)}。请构建全部面板，或使用单独的工作区。",
            ),
        )
    return built


def _audit(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    built: Sequence[Mart],
    dbt: DbtBuild,
    kept: Mapping[str, int],
) -> tuple[list[CheckOutcome], dict[str, dict[str, Any]]]:
    """Return every outcome, and what is stored beside them per mart."""
    checks = [*dbt.outcomes, *reconcile(connection, built, kept), *hold(connection, [mart.name for mart in built])]
    facts: dict[str, dict[str, Any]] = {}
    last = generations.current(workspace)
    for mart in built:
        before = parquet_source([last.table(mart.name)]) if last and mart.name in last.tables else None
        outcomes, facts[mart.name] = validate_mart(connection, mart, f"marts.{mart.name}", before)
        checks.extend(outcomes)
    return checks, facts


def _store(
    workspace: Workspace,
    run_id: str,
    checks: Sequence[CheckOutcome],
    facts: Mapping[str, dict[str, Any]],
    pin: Pin,
) -> None:
    tables = dict.fromkeys([*facts, *(check.table for check in checks)])
    for table in tables:
        said = {"as_of_seq": pin.as_of_seq, "layer": "model", **facts.get(table, {})}
        store(workspace, run_id, table, [check for check in checks if check.table == table], said)
    write_page(workspace, run_id)


def _export(connection: duckdb.DuckDBPyConnection, workspace: Workspace, built: Sequence[Mart]) -> dict[str, Path]:
    """Write each mart as Parquet, ordered by its key, so that the same rows are the same file."""
    files: dict[str, Path] = {}
    for mart in built:
        key = ", ".join(map(quote_name, mart.meta.key))
        columns = ", ".join(quote_name(column.name) for column in mart.columns)
        rows = connection.sql(f"select {columns} from marts.{mart.name} order by {key}").to_arrow_reader(GROUP_ROWS)
        files[mart.name] = workspace.build / "marts" / f"{mart.name}.parquet"
        write_parquet_stream(files[mart.name], rows)
    return files


def _digests(built: Sequence[Mart]) -> dict[str, str]:
    """Return the versions of the contracts that these marts rest on, and of their own."""
    sources = sorted({account.source for mart in built for account in mart.meta.accounts_for})
    lake = {name: contract_digest(load_contract(name)) for name in sources}
    return lake | {mart.name: mart.digest for mart in built}
