"""What people of a zone confirmed about the headers of their files, remembered in the ledger per zone and contract.

Belongs here: confirming, and what is remembered now. Does not: guessing (matches), who may act beyond asking (data.access).
Nothing is ever overwritten: the newest word about a header counts, all of them stay on record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.access import check_can
from data.contracts import Contract
from data.ledger import Ledger
from data.messages import Text, WrongUsage
from data.paths import Workspace
from data.readers.header import fold, known_labels, tidy
from data.reference import check_zone
from quality.privacy import is_personal_text

KIND = "columns_matched"
LONGEST = 200
LONG_DIGITS = re.compile(r"\d{9,}")


def remembered_matches(ledger: Ledger, contract: str, zone: str) -> dict[str, str | None]:
    """Return folded header → column of the contract, None for a column that is not to be loaded; the newest word counts."""
    found: dict[str, str | None] = {}
    for event in ledger.events(kind=KIND, object_id=_object(contract, zone)):
        found.update(event.detail["pairs"])
    return found


def confirm_matches(
    workspace: Workspace,
    ledger: Ledger,
    contract: Contract,
    zone: str,
    pairs: Mapping[str, str | None],
    *,
    actor: str,
) -> dict[str, str | None]:
    """Remember that headers of the zone's files mean columns of the contract; return all that is remembered now.

    Parameters
    ----------
    pairs
        Header as the file writes it → column's name; None: this column is not to be loaded. Confirming again replaces the
        earlier word about that header. Empty: nothing is recorded.
    actor
        Who confirms; needs the right to submit in the zone.

    Raises
    ------
    NotPermitted, NotFound
        The actor may not; no such zone.
    WrongUsage
        E-MATCH-01: no such column, a header that the contract itself gives to another column, two headers for one column, or a
        header that holds a personal number.
    """
    role = check_can(actor, "submit", check_zone(zone), workspace=workspace)
    folded = {fold(header): column for header, column in pairs.items()}
    _check(contract, pairs, folded)
    with ledger.transaction() as connection:
        if folded:
            detail = {"contract": contract.name, "zone": zone, "pairs": folded}
            ledger.record(
                connection,
                kind=KIND,
                object_id=_object(contract.name, zone),
                detail=detail,
                actor=actor,
                role=role,
            )
        return remembered_matches(ledger, contract.name, zone)


def _object(contract: str, zone: str) -> str:
    return f"{contract}@{zone}"


def _check(contract: Contract, pairs: Mapping[str, str | None], folded: Mapping[str, str | None]) -> None:
    names = {column.name for column in contract.columns}
    for header, column in pairs.items():
        shown = LONG_DIGITS.sub("…", tidy(header))[:40]
        if not fold(header) or len(header) > LONGEST or is_personal_text(header):
            raise _wrong("a header is empty, too long or a personal number", "表头为空、过长或含个人号码")
        if column is not None and column not in names:
            raise _wrong(f"{contract.name} has no column {column[:40]}", f"{contract.name} 没有列 {column[:40]}")
        if fold(header) in known_labels(contract):
            raise _wrong(f'"{shown}" is a column of the contract already', f"“{shown}”已是约定中的列")
    columns = [column for column in folded.values() if column is not None]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise _wrong(f"two headers were given for {', '.join(twice)}", f"{'、'.join(twice)} 对应了两个表头")


def _wrong(en: str, zh: str) -> WrongUsage:
    return WrongUsage(
        "E-MATCH-01",
        Text(
            en=f"The match was not kept: {en}. `zonelab contract show` lists the columns.",
            zh=f"未保存列对应：{zh}。可用 zonelab contract show 查看各列。",
        ),
    )
