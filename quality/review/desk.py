"""The desk: every delivery of one workspace, folded from the ledger whenever it is asked for.

Belongs here: listing and loading deliveries and corrections, the contract that one was judged by, its rows. Does not: changing
anything (acts, quality.corrections), what events mean (fold).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import pyarrow as pa

from data import batches, documents, standing
from data.contracts import Contract, load_contract
from data.duck import open_duckdb, quote_text
from data.lake import Lake
from data.ledger import Event, Ledger
from data.messages import NotFound, Text
from data.paths import Workspace
from data.submissions import Submission, find, submissions
from quality.review.fold import BY_RELEASE, KINDS, fold
from quality.review.records import Correction, Delivery


class Desk:
    """The deliveries of one workspace. It holds no state of its own."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self.lake = Lake(workspace, ledger)

    @classmethod
    def open(cls, workspace: Workspace) -> Desk:
        """Open the desk of a workspace."""
        return cls(workspace, Ledger.open(workspace))

    def deliveries(self) -> list[Delivery]:
        """Return every delivery in the order of arrival; the ledger is read once."""
        return self._fold(submissions(self.ledger))

    def delivery(self, submission_id: str) -> Delivery:
        """Return one delivery.

        Raises
        ------
        NotFound
            E-SUB-01: no submission has this id.
        """
        return self._fold([find(self.ledger, submission_id)])[0]

    def corrections(self) -> list[Correction]:
        """Return every correction in the order in which they were proposed."""
        found = [item for delivery in self.deliveries() for item in delivery.corrections]
        return sorted(found, key=lambda item: (item.proposed_at, item.correction_id))

    def correction(self, correction_id: str) -> Correction:
        """Return one correction.

        Raises
        ------
        NotFound
            E-BATCH-02: no correction has this id.
        """
        for event in self.ledger.events_of(("correction_proposed",)):
            if event.detail["correction"] == correction_id:
                own = self.delivery(event.object_id).corrections
                return next(item for item in own if item.correction_id == correction_id)
        raise NotFound(
            "E-BATCH-02",
            Text(
                en=f"There is no correction {correction_id}. `zonelab correct list` names them.",
                zh=f"没有编号为 {correction_id} 的更正。可用 zonelab correct list 查看。",
            ),
        )

    def contract(self, delivery: Delivery) -> Contract:
        """Return the contract that a delivery was judged by, as it was then."""
        if delivery.contract_document is None:
            return load_contract(delivery.submission.contract)
        return Contract.model_validate_json(documents.get(self.ledger, delivery.contract_document))

    def rows(self, delivery: Delivery, as_of_seq: int | None = None) -> pa.Table:
        """Return the rows of the delivery that stand if it does, its accepted corrections with them, as its file orders them."""
        ids = ", ".join(quote_text(name) for name in sorted(delivery.own))
        with open_duckdb() as connection:
            select = self.select_with(delivery, as_of_seq)
            told = f"select * from ({select}) where submission_id in ({ids}) order by _row, submission_id"
            return connection.sql(told).to_arrow_table()

    def select_with(self, delivery: Delivery, as_of_seq: int | None = None) -> str:
        """Return the SELECT of its table as if it were approved."""
        return self.select(delivery, self.held() - delivery.own, as_of_seq)

    def select(self, delivery: Delivery, held: Collection[str], as_of_seq: int | None = None) -> str:
        """Return the SELECT of a delivery's table without the submissions `held`."""
        n = batches.highest_closed(self.ledger) if as_of_seq is None else as_of_seq
        return self.lake.relation_sql(self.contract(delivery), n, held)

    def others(self, delivery: Delivery) -> frozenset[str]:
        """Return the submissions and corrections in its table that are not its own."""
        table = delivery.submission.contract
        every = {batch.submission_id for batch in batches.committed_batches(self.ledger) if batch.table_name == table}
        return frozenset(every - delivery.own)

    def held(self) -> frozenset[str]:
        """Return the submissions and corrections whose rows are not shown today."""
        return frozenset(item.submission_id for item in standing.excluded(self.ledger))

    def _fold(self, wanted: list[Submission]) -> list[Delivery]:
        by_object: dict[str, list[Event]] = defaultdict(list)
        for event in self.ledger.events_of(KINDS):
            owners = event.detail["submissions"] if event.kind in BY_RELEASE else [event.object_id]
            for owner in owners:
                by_object[owner].append(event)
        return [fold(submission, by_object[submission.submission_id]) for submission in wanted]
