"""The balance of a release: every row that was ever read for a table is shown, or it is known why not.

Belongs here: received + corrected = quarantined + unchanged + held + superseded + retracted + withdrawn + shown, each counted
where it is: submissions, batches, files, the view, the ledger's rewritings. Does not: rows from staging
to a panel (row_accounts).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from data import asof, batches, delta, rewritten, submissions
from data.duck import open_duckdb, parquet_source, quote_text
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.releases import Release


@dataclass(frozen=True)
class Balance:
    """Rows of one table, in a release.

    `received` were read from files; `corrected` came in as decided corrections. They became: `quarantined`, `unchanged` (the
    archive held them with the same values), `held` (their delivery does not stand), `superseded` (by a newer row of the key),
    `retracted` (a row that takes its key away), `withdrawn` (erased with a person's consent), `shown` to the panels.
    """

    table: str
    received: int
    corrected: int
    quarantined: int
    unchanged: int
    held: int
    superseded: int
    retracted: int
    withdrawn: int
    shown: int

    @property
    def gap(self) -> int:
        """Return rows that came in and are nowhere; 0 if all are accounted for."""
        left = self.quarantined + self.unchanged + self.held + self.superseded + self.retracted + self.withdrawn
        return self.received + self.corrected - left - self.shown

    def as_row(self) -> dict[str, Any]:
        """Return the counts and the gap."""
        return {**asdict(self), "gap": self.gap}


def balances(workspace: Workspace, ledger: Ledger, release: Release) -> list[Balance]:
    """Return the balance of every table that has rows in the archive or in quarantine, by name.

    What was received after the release was built is left out; rows that were erased since are counted as withdrawn.
    """
    known = [item for item in submissions.submissions(ledger) if item.received_at <= release.built_at]
    names = {item.contract for item in known if item.rows_read} | set(Lake(workspace, ledger).tables())
    return [_balance(workspace, ledger, release, name, known) for name in sorted(names)]


def _balance(
    workspace: Workspace, ledger: Ledger, release: Release, table: str, known: Collection[submissions.Submission]
) -> Balance:
    own = [item for item in known if item.contract == table]
    sent = {item.submission_id for item in own}
    came = [batch for batch in batches.committed_batches(ledger, release.as_of_seq) if batch.table_name == table]
    held = frozenset(item.submission_id for item in release.excluded)
    counts = _in_the_files(workspace, table, release.as_of_seq, held)
    return Balance(
        table=table,
        received=sum(item.rows_read for item in own),
        corrected=sum(batch.rows for batch in came if batch.submission_id not in sent),
        quarantined=sum(item.rows_quarantined for item in own),
        unchanged=sum(item.rows_unchanged for item in own),
        withdrawn=_withdrawn(ledger, table),
        **counts,
    )


def _in_the_files(workspace: Workspace, table: str, n: int, held: Collection[str]) -> dict[str, int]:
    """Count the stored rows that the view leaves out, by reason, and those that it shows."""
    files = [file for file in delta.files(workspace.lake / table) if file.rows]
    seen = [file.path for file in asof.visible_files(files, n)]
    if not seen:
        return {"held": 0, "superseded": 0, "retracted": 0, "shown": 0}
    among = f"submission_id in ({', '.join(map(quote_text, sorted(held))) or 'null'})"
    query = (
        f"with stored as (select rec_key, _seq, _op, coalesce({among}, false) as is_held from {parquet_source(seen)} "
        f"where _seq <= {n:d}), "
        "last as (select rec_key, max(_seq) as newest from stored where _op <> 'I' and not is_held group by rec_key) "
        "select count(case when is_held then 1 end), "
        "count(case when not is_held and _seq <> newest then 1 end), "
        "count(case when not is_held and _seq = newest and _op = 'R' then 1 end) "
        "from stored left join last using (rec_key)"
    )
    view = f"select count(*) from ({asof.stored_select(files, n, held)})"
    with open_duckdb() as connection:
        hidden, shown = connection.execute(query).fetchone(), connection.execute(view).fetchone()
    return dict(
        zip(("held", "superseded", "retracted", "shown"), map(int, (*(hidden or ()), *(shown or ()))), strict=True)
    )


def _withdrawn(ledger: Ledger, table: str) -> int:
    """Return how many rows the ledger says were erased from a table; a change recorded again after a kill counts once."""
    once = {(act.act_id, change.path): change for act in rewritten.acts(ledger) for change in act.changes}
    lost = (change for change in once.values() if change.layer == "lake" and change.path.split("/")[1] == table)
    return sum(change.rows_before - change.rows_after for change in lost)
