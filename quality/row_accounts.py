"""Reconciliation: every row of the lake is in staging, and every row of staging is in the panel. No silent drops.

Belongs here: counting the three and comparing them, as the marts declare (`meta.accounts_for`). Does not: rules within a table
(suites, dbt tests).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import duckdb

from data.messages import Text
from quality.marts import Account, Mart
from quality.outcomes import CheckOutcome

DEMAND = Text(
    en="Rows in the archive = rows in staging = rows that the panel accounts for",
    zh="档案行数 = 暂存行数 = 面板所含行数",
)


NOTHING_KEPT: Mapping[str, int] = MappingProxyType({})


def reconcile(
    connection: duckdb.DuckDBPyConnection, built: Iterable[Mart], kept: Mapping[str, int] = NOTHING_KEPT
) -> list[CheckOutcome]:
    """Return one blocking outcome per mart and lake table it accounts for.

    Parameters
    ----------
    connection
        The build's database: schemas lake, staging, marts; whole, if months were kept.
    built
        The marts that this build made.
    kept
        Growing table → rows of it that earlier builds counted in staging, of months that were kept (`quality.months`).
    """
    return [_account(connection, mart, account, kept) for mart in built for account in mart.meta.accounts_for]


def _account(
    connection: duckdb.DuckDBPyConnection, mart: Mart, account: Account, kept: Mapping[str, int]
) -> CheckOutcome:
    lake = "whole" if account.source in kept else "lake"
    staging = _count(connection, "count(*)", f"staging.{account.staging}")
    counts = {
        "lake": _count(connection, "count(*)", f"{lake}.{account.source}"),
        "staging": staging + kept.get(account.source, 0),
    }
    if account.counted is not None:
        counts["panel"] = _count(connection, account.counted, f"marts.{mart.name}")
    return CheckOutcome(
        name=f"E-RECON-01:{account.source}",
        table=mart.name,
        passed=len(set(counts.values())) == 1,
        severity="error",
        metadata={f"rows_{place}": rows for place, rows in counts.items()},
        text=DEMAND,
        kind="reconcile",
    )


def _count(connection: duckdb.DuckDBPyConnection, aggregate: str, relation: str) -> int:
    row = connection.execute(f"select coalesce({aggregate}, 0) from {relation}").fetchone()
    return int(row[0]) if row else 0
