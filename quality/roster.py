"""Who may occur in a file, and how many rows it should have: the roster of the zone.

Belongs here: E-PANEL-01 as a rule of the tagged pass, and expected row counts. Does not: where the roster comes from (beside).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data.contracts import Column, Contract
from data.duck import open_duckdb, quote_name, quote_text
from data.messages import Text
from quality.beside import Beside, RosterRelation
from quality.names import names
from quality.problems import Problem, problem
from quality.rule import Rule
from quality.wave_order import latest_before


@dataclass(frozen=True)
class ExpectedCount:
    """How many rows a file should have, and what says so."""

    rows: int
    source: Text


def roster_rules(
    connection: duckdb.DuckDBPyConnection, contract: Contract, beside: Beside, present: frozenset[str]
) -> list[Rule]:
    """Return E-PANEL-01 for every column with a roster, and bring the rosters into `connection`.

    An id that is not written as the contract wants is told once, as such (E-PATT-01), and not looked up.
    """
    rules: list[Rule] = []
    for column in contract.columns:
        roster = beside.rosters.get(column.name)
        if roster is not None and column.name in present:
            table = quote_name(f"roster_{column.name}")
            connection.execute(f"create or replace temp table {table} as {roster.select}")
            rules.append(Rule("E-PANEL-01", column, _unlisted(column, table)))
    return rules


def _unlisted(column: Column, table: str) -> str:
    value = names(column).value
    written = "" if column.pattern is None else f" and regexp_full_match({value}, {quote_text(column.pattern)})"
    return f"(cast({value} as varchar) not in (select id from {table})){written}"


def expected_rows(contract: Contract, beside: Beside, wave: str | None = None) -> ExpectedCount | None:
    """Return how many rows a file of the zone should have; None where nothing says so.

    The roster of the panel's unit says it, else the wave before `wave` in the archive, else the contract's least count.
    """
    roster = _unit_roster(contract, beside)
    if roster is not None:
        return ExpectedCount(roster.size, Text(en="roster of the zone", zh="本试点区名册"))
    if beside.earlier is not None and contract.wave_column in contract.key and wave is not None:
        counted = _earlier_rows(contract, beside.earlier, wave)
        if counted is not None:
            return counted
    declared = contract.expected_rows
    if declared is not None and declared.at_least is not None:
        return ExpectedCount(declared.at_least, Text(en="contract", zh="数据约定"))
    return None


def count_problems(contract: Contract, beside: Beside, rows: int) -> list[Problem]:
    """Return W-ROWS-01 where a file has fewer or more rows than its contract declares."""
    declared = contract.expected_rows
    if declared is None:
        return []
    told = Text(en="contract", zh="数据约定")
    if declared.at_least is not None and rows < declared.at_least:
        return [_odd(rows, f"≥ {declared.at_least}", told)]
    if declared.at_most is not None and rows > declared.at_most:
        return [_odd(rows, f"≤ {declared.at_most}", told)]
    roster = _unit_roster(contract, beside)
    if declared.share_of_roster is not None and roster is not None and rows < declared.share_of_roster * roster.size:
        return [_odd(rows, f"≈ {roster.size}", Text(en="roster of the zone", zh="本试点区名册"))]
    return []


def _odd(rows: int, expected: str, source: Text) -> Problem:
    return problem("W-ROWS-01", {"expected": expected, "source": source}, count=rows)


def _unit_roster(contract: Contract, beside: Beside) -> RosterRelation | None:
    units = contract.panel_unit
    return beside.rosters.get(units[0]) if len(units) == 1 else None


def _earlier_rows(contract: Contract, earlier: str, wave: str) -> ExpectedCount | None:
    column = quote_name(str(contract.wave_column))
    with open_duckdb(threads=1) as connection:
        counts = dict(
            connection.execute(f"select cast({column} as varchar), count(*) from ({earlier}) group by 1").fetchall()
        )
    before = latest_before(wave, counts)
    if before is None:
        return None
    return ExpectedCount(int(counts[before]), Text(en=f"rows of {before}", zh=f"{before} 的行数"))
