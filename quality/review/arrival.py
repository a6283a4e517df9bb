"""What the platform itself does when a file arrives: it is received, validated, passed or failed, approved where policy says.

Belongs here: these acts, written in the transactions that register and settle a submission. Does not: receiving and judging a
file (quality.intake), acts of people (acts). A delivery under `review: required` waits for a data steward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc
import sqlalchemy as sa

from data import documents
from data.access import SYSTEM
from data.catalog import events as table
from data.contracts import Contract
from data.ledger import Ledger, canonical
from data.lifecycle import ABSENT, decide
from data.originals import forms, is_kept
from data.paths import Workspace
from data.submissions import Verdict
from quality.check import CheckReport
from quality.machines import DATA_BATCH
from quality.review.case import Case
from quality.review.guards import refusal_of

MOST_WAVES = 100
"""Waves that one delivery is listed with, at most."""


@dataclass(frozen=True)
class Arrival:
    """One file on its way in.

    `report` is None for bytes that are known and lie in the originals; `answers` are the sender's to the file's remarks.
    """

    workspace: Workspace
    ledger: Ledger
    contract: Contract
    zone: str
    actor: str
    report: CheckReport | None
    answers: Mapping[str, str] = field(default_factory=dict)

    def received(self, connection: sa.Connection, submission_id: str) -> None:
        """Record that validation has begun, and keep the contract that judges the file; the upload's guards must hold.

        Raises
        ------
        NotPermitted, Refused
            E-BATCH-10: the sender holds no role in the zone; E-BATCH-13: the bytes are not kept.
        """
        self._require("upload", ABSENT, {"bytes_kept": self._is_kept()})
        document = documents.put(connection, "contract", canonical(self.contract.model_dump(mode="json")))
        detail: dict[str, Any] = {"instrument": self.contract.version, "document": document}
        if self.answers:
            detail["answers"] = dict(self.answers)
        self._record(connection, "batch_validating", submission_id, "received", "validate", detail)

    def settled(self, verdict: Verdict, connection: sa.Connection, submission_id: str) -> None:
        """Record the verdict's acts: failed; or passed, and then approved by policy or left waiting for a review."""
        if not _began(
            connection, submission_id
        ):  # received by a version that kept no reviews, and finished by this one
            self.received(connection, submission_id)
        if verdict == "rejected":
            self._record(connection, "batch_failed", submission_id, "validating", "fail", {})
            return
        review, passed = self.contract.review, {"waves": self._waves()}
        kind = "batch_validated" if review == "auto" else "batch_waiting"
        self._record(connection, kind, submission_id, "validating", "pass", passed)
        if review == "auto":
            self._require("approve_by_policy", "validated", {"review": review})
            detail = {"policy": f"{self.contract.name} {self.contract.version}: review auto"}
            self._record(
                connection, "batch_approved_by_policy", submission_id, "validated", "approve_by_policy", detail
            )

    def _is_kept(self) -> bool:
        if self.report is None or self.report.must_not_be_kept:
            return True
        sha256 = self.report.sha256
        known = forms(self.ledger).get(sha256)
        return is_kept(self.workspace, sha256) or (known is not None and known.form == "none")

    def _waves(self) -> list[str]:
        good, column = self.report.good if self.report else None, self.contract.wave_column
        if good is None or column is None:
            return []
        return sorted(str(wave) for wave in pc.unique(good[column]).to_pylist() if wave is not None)[:MOST_WAVES]

    def _require(self, action: str, state: str, brought: Mapping[str, Any]) -> None:
        """Judge the guards of an act of the platform's own; a refusal stops the transaction."""
        found = DATA_BATCH.find(state, action)
        case = Case(self.workspace, self.zone, self.actor, "system", brought=brought)
        refusal = refusal_of(found, case) if found else None
        if refusal is not None:
            raise refusal

    def _record(
        self,
        connection: sa.Connection,
        kind: str,
        submission_id: str,
        state: str,
        action: str,
        detail: Mapping[str, Any],
    ) -> None:
        after = decide(DATA_BATCH, state, ["system"], action).transition.after(state)
        said = {**detail, "action": action, "from": state, "to": after}
        self.ledger.record(connection, kind=kind, object_id=submission_id, detail=said, actor=SYSTEM, role="system")


def _began(connection: sa.Connection, submission_id: str) -> bool:
    query = sa.select(table.c.seq).where(table.c.kind == "batch_validating", table.c.object_id == submission_id)
    return connection.execute(query).first() is not None
