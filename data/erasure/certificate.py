"""The certificate of an erasure: what was removed where, and what was decoded to prove it, without saying of whom.

Belongs here: the document and its record. Does not: the erasure (person). It is a document of the ledger, named by its sha256.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data import documents
from data.erasure.proof import Proof
from data.ledger import Ledger, canonical, now_utc
from data.rewritten import Change, acts
from data.withdrawals import ERASED, Withdrawal

NOT_COVERED = (
    "backups, and copies that left the workspace (exports, downloads): repeat the command on a backup after restoring it",
    "blocks of the disk that the file system has freed but not overwritten",
    "totals of groups to which the person had belonged, as published in reports that are now marked stale",
)


@dataclass(frozen=True)
class Certified:
    """What was done beside the rewriting: files and rows swept, releases noted, reports marked, the vault's entry."""

    swept: Mapping[str, int]
    releases: tuple[str, ...]
    stale: tuple[str, ...]
    vault: str


def certificate_of(ledger: Ledger, act: Withdrawal, proof: Proof, done: Certified, *, role: str) -> dict[str, Any]:
    """Return the certificate. The person stands in it as a keyed hash, which names nobody without the vault."""
    changes = _changes(ledger, act.withdrawal_id)
    return {
        "schema_version": 1,
        "withdrawal_id": act.withdrawal_id,
        "zone": act.zone,
        "person": list(act.person),
        "withdrawn": {"at_utc": act.at_utc, "by": act.actor, "role": role},
        "erased": _by_layer(changes),
        "swept": dict(done.swept),
        "submissions": sorted({name for change in changes for name in _submission(change)}),
        "releases": list(done.releases),
        "stale_reports": list(done.stale),
        "vault": done.vault,
        "decoded": proof.decoded,
        "found_after": len(proof.found),
        "retained_documents": list(proof.retained),
        "not_covered": list(NOT_COVERED),
        "ledger_head": asdict(ledger.head()),
        "certified_at_utc": now_utc(),
    }


def certified(ledger: Ledger, act: Withdrawal, document: Mapping[str, Any], *, actor: str, role: str) -> str:
    """Keep the certificate and record that the erasure is done; return the document's sha256."""
    with ledger.transaction() as connection:
        sha256 = documents.put(connection, "certificate", canonical(document))
        detail = {"certificate": sha256, "zone": act.zone, "submissions": document["submissions"]}
        ledger.record(connection, kind=ERASED, object_id=act.withdrawal_id, detail=detail, actor=actor, role=role)
    return sha256


def _changes(ledger: Ledger, act_id: str) -> list[Change]:
    """Return each file's change once: one that was recorded again after a kill counts once."""
    found = {change.path: change for act in acts(ledger) if act.act_id == act_id for change in act.changes}
    return list(found.values())


def _by_layer(changes: Sequence[Change]) -> dict[str, dict[str, int]]:
    files: Counter[str] = Counter(change.layer for change in changes)
    rows: Counter[str] = Counter()
    for change in changes:
        rows[change.layer] += change.rows_before - change.rows_after
    return {layer: {"files": files[layer], "rows": rows[layer]} for layer in sorted(files)}


def _submission(change: Change) -> list[str]:
    """Return the submission that a lake or quarantine file came with."""
    name = change.path.rsplit("/", 1)[-1].split(".")[0]
    place = name.find("SUB-")
    return [name[place:]] if place >= 0 else []
