"""Agreements: what two tables or two sources must say alike, judged per zone and wave by Great Expectations.

Belongs here: reading the declared agreements and measuring how far apart the two sides are. Does not: rules within one table
(contracts, dbt tests), row counts from archive to panel (row_accounts), the verdict (judge).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from data.messages import Text
from data.yaml_text import read_yaml
from quality.judge import judge
from quality.metrics import Metric
from quality.outcomes import CheckOutcome, Severity

DECLARATION = Path(__file__).with_name("agreements.yml")
EXACT = 1e-9
"""A tolerance of 0 leaves room for the last digit of a sum of doubles."""


class Agreement(BaseModel):
    """One demand. `sql` selects zone, wave, first, second from the marts named in `tables`; `panel` is the one that is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[EW]-AGREE-\d\d:[a-z0-9_]+$")
    panel: str
    tables: tuple[str, ...] = Field(min_length=1)
    severity: Severity
    tolerance: float = Field(ge=0, lt=1)
    text: Text
    sql: str


@cache
def agreements(declaration: Path = DECLARATION) -> tuple[Agreement, ...]:
    """Return the declared agreements, in their order.

    >>> agreements()[0].panel
    'panel_zone_month'
    """
    found = read_yaml(declaration.read_text(encoding="utf-8"))
    return tuple(Agreement.model_validate(entry) for entry in found["agreements"])


def hold(
    connection: duckdb.DuckDBPyConnection, built: Collection[str], declared: Collection[Agreement] | None = None
) -> list[CheckOutcome]:
    """Return one outcome per agreement whose tables were all built.

    Parameters
    ----------
    connection
        The build's database, with the schema `marts`.
    built
        Names of the marts that this build made.
    declared
        Other agreements than the shipped ones.
    """
    wanted = agreements() if declared is None else declared
    return [_held(connection, agreement) for agreement in wanted if set(agreement.tables) <= set(built)]


def _held(connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> CheckOutcome:
    limit = max(agreement.tolerance, EXACT)
    metric = Metric(agreement.id, "", limit, agreement.severity, agreement.text)
    [outcome] = judge(agreement.panel, _apart(connection, agreement), [metric])
    return outcome


def _apart(connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> pd.DataFrame:
    """Return zone, wave, rows and how far the two sides are apart, as a share of the larger; 0 where one is null."""
    sides = "cast(first as double) as a, cast(second as double) as b"
    distance = "case when a = b or a is null or b is null then 0 else abs(a - b) / greatest(abs(a), abs(b)) end"
    return (
        connection.execute(
            f"select zone, wave, 1 as rows, {distance} as apart "
            f"from (select zone, wave, {sides} from ({agreement.sql})) order by 1, 2"
        )
        .df()
        .rename(columns={"apart": agreement.id})
    )
