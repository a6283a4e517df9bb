"""What the guards of a delivery look at: people, reasons, issues, conflicts, releases.

Belongs here: one function a guard, each None or what is wrong; no value of a cell in the words. Does not: guards about the cells
of a correction (quality.corrections.conditions), their catalogue (guards).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.access import is_of_zone, roles_of
from data.contracts import Contract, business_schema
from data.duck import open_duckdb, quote_name
from data.messages import Text
from data.releases import list_releases
from quality.privacy import has_personal_number
from quality.review.case import Case, failed, listed

SHORTEST, LONGEST = 3, 200


def is_reason(text: str) -> bool:
    """Whether a text may stand in the ledger as a reason.

    >>> is_reason("typed twice"), is_reason(" "), is_reason("ask 13800138000")
    (True, False, False)
    """
    return SHORTEST <= len(text.strip()) <= LONGEST and not has_personal_number(text)


def of_the_zone(case: Case) -> Text | None:
    """Demand: the actor holds a role in the zone."""
    return failed(not roles_of(case.actor, case.workspace, case.zone))


def not_of_the_zone(case: Case) -> Text | None:
    """Demand: the actor works for another zone or none, did not send it and proposed no correction of it."""
    sides = {case.about.submission.actor, *(item.proposed_by for item in case.about.corrections)}
    return failed(
        is_of_zone(case.actor, case.zone, case.workspace) or case.actor in sides,
        f"{case.actor} is of {case.zone}, or has sent or corrected it.",
        f"{case.actor} 属于 {case.zone}，或曾提交、更正该批次。",
    )


def bytes_kept(case: Case) -> Text | None:
    """Demand: what came can be looked at again."""
    return failed(not case.brought["bytes_kept"])


def policy_is_auto(case: Case) -> Text | None:
    """Demand: the contract leaves the approval to the platform."""
    return failed(case.brought["review"] != "auto")


def reason_given(case: Case) -> Text | None:
    """Demand: a reason that may stand in the ledger."""
    return failed(not is_reason(case.brought["reason"]))


def issues_given(case: Case) -> Text | None:
    """Demand: at least one issue, each about a cell that the delivery brought into the archive."""
    issues = case.brought["issues"]
    if not issues:
        return Text(en="None is named.", zh="未列出任何问题。")
    columns = {column.name for column in case.at.contract(case.about).columns}
    rows = set(case.at.rows(case.about)["_row"].to_pylist())
    wrong = [place for place, issue in enumerate(issues, 1) if not _is_issue(issue, columns, rows)]
    return failed(wrong, f"Not so: issue {listed(wrong)}.", f"不符合要求：第 {listed(wrong)} 项。")


def _is_issue(issue: Mapping[str, Any], columns: set[str], rows: set[int]) -> bool:
    return issue["row"] in rows and issue["column"] in columns and is_reason(issue["reason"])


def no_open_issue(case: Case) -> Text | None:
    """Demand: every issue is settled."""
    waiting = [f"{issue.cell.row}/{issue.cell.column}" for issue in case.about.open_issues]
    return failed(waiting, f"Open (row/column): {listed(waiting)}.", f"未解决（行/列）：{listed(waiting)}。")


def no_conflict(case: Case) -> Text | None:
    """Demand: no row of it differs from what stands, unless the delivery came as a correction with its reason."""
    if case.about.submission.correction_reason is not None:
        return None
    rows = _conflicts(case, case.at.contract(case.about))
    return failed(rows, f"Rows: {listed(rows)}.", f"行：{listed(rows)}。")


def _conflicts(case: Case, contract: Contract) -> list[int]:
    desk, delivery = case.at, case.about
    differs = " or ".join(
        f"n.{quote_name(name)} is distinct from b.{quote_name(name)}" for name in business_schema(contract).names
    )
    alone, standing = desk.select(delivery, desk.others(delivery)), desk.select(delivery, desk.held())
    query = f"select n._row from ({alone}) n join ({standing}) b using (rec_key) where {differs} order by 1"
    with open_duckdb() as connection:
        return [row for (row,) in connection.execute(query).fetchall()]


def consent_withdrawn(case: Case) -> Text | None:
    """Demand: what calls for the retraction is named."""
    return failed(not is_reason(case.brought["withdrawal"]))


def new_version_forced(case: Case) -> Text | None:
    """Demand: who retracts names the releases that hold the delivery, and so the reports that go stale."""
    ids = case.about.own
    holding = [made.release_id for made in list_releases(case.workspace) if ids & set(made.submissions)]
    missing = [name for name in holding if name not in case.brought["releases"]]
    return failed(missing, f"Not named: {listed(missing)}.", f"未列出：{listed(missing)}。")
