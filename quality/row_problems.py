"""What is told about single rows: the broken rules of the tagged pass and the twins, a hundred of a kind one by one.

Belongs here: reading them from the pass and wording them. Does not: finding them (tagging), problems of the whole file (check).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data.contracts import Contract
from data.messages import Text
from data.readers import RawTable
from quality.messages import shown, shown_id
from quality.names import names
from quality.problems import LISTED, Problem, folded, problem
from quality.rule import Rule


def row_problems(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    contract: Contract,
    rules: Sequence[Rule],
    hidden: frozenset[str],
) -> list[Problem]:
    """Return the problems of the rows in the tables `judged` and `twins`, without values of the `hidden` columns."""
    counts = connection.execute("select tag, count(*) from (select unnest(_rules) as tag from judged) group by tag")
    found: list[Problem] = []
    for place, count in sorted(counts.fetchall()):
        rule = rules[place]
        text = names(rule.column).text if rule.column else "cast(_found as varchar)"
        rows = connection.execute(
            f"select _row, {text} from judged where list_contains(_rules, $1) order by _row limit {LISTED + 1}", [place]
        ).fetchall()
        found.extend(_rule_problem(rule, row, value, raw, hidden) for row, value in rows[:LISTED])
        if count > LISTED:
            found.append(folded(rule.code, row=rows[LISTED][0], count=count - LISTED, column=rule.column))
    return [*found, *_twin_problems(connection, contract, hidden)]


def _rule_problem(rule: Rule, row: int, value: str | None, raw: RawTable, hidden: frozenset[str]) -> Problem:
    if rule.column is None:
        return problem(rule.code, {"found": value, "width": len(raw.columns)}, row=row)
    hide = rule.column.name in hidden
    told = {"value": shown(value, hidden=hide), "id": shown_id(value, hidden=hide)}
    return problem(rule.code, {**rule.values, **told}, row=row, column=rule.column)


def _twin_problems(connection: duckdb.DuckDBPyConnection, contract: Contract, hidden: frozenset[str]) -> list[Problem]:
    values = ", ".join(f"cast({names(contract.column(name)).text} as varchar)" for name in contract.key)
    rows = connection.execute(
        f"select _row, _other, [{values}] from twins join judged using (_row) order by _row"
    ).fetchall()
    label = key_label(contract)
    found: list[Problem] = []
    for row, other, key in rows[:LISTED]:
        told = "" if hidden.intersection(contract.key) else f" ({', '.join(part for part in key if part)})"
        found.append(
            problem("E-KEY-01", {"a": min(row, other), "b": max(row, other), "columns": label, "key": told}, row=row)
        )
    if len(rows) > LISTED:
        found.append(folded("E-KEY-01", row=rows[LISTED][0], count=len(rows) - LISTED, column=None))
    return found


def key_label(contract: Contract) -> Text:
    """Return the labels of the key's columns, for messages."""
    labels = [contract.column(name).label for name in contract.key]
    return Text(en=", ".join(label.en for label in labels), zh="、".join(label.zh for label in labels))
