"""The whole registry as a bundle that verifies itself: who may take it along, and what stays at home.

Belongs here: that rule. Does not: writing and verifying the folder (data.bundle, data.verify_bundle), one protocol
(of_record).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.access import Role, roles_of
from data.bundle import export_bundle
from data.messages import NotPermitted, Text
from experiments.registry.store import Registry

MAY_TAKE: frozenset[Role] = frozenset({"auditor", "registrar", "administrator"})
"""The chain holds every act, votes included: it is for those who keep or audit the registry."""

AT_HOME = ("frame", "assignment")
"""Kinds of documents that list units: they stay at home unless asked for, and only their hashes travel."""


def export_registry(registry: Registry, folder: Path, *, reader: str | None, full: bool = False) -> dict[str, Any]:
    """Write every event and document of the registry to a folder, with the script that verifies them anywhere.

    Raises
    ------
    NotPermitted
        E-EXCH-04: the reader neither keeps nor audits the registry.
    """
    if reader is None or not MAY_TAKE & set(roles_of(reader, registry.workspace)):
        raise NotPermitted("E-EXCH-04", _WHO)
    made = export_bundle(registry.ledger, folder, withhold=() if full else AT_HOME)
    return {
        "format": "bundle",
        "path": str(made.folder),
        "head": {"seq": made.head.seq, "hash": made.head.hash},
        "documents": made.documents,
        "withheld": made.withheld,
    }


_WHO = Text(
    en="The bundle holds every act, votes included. It is for registrars, auditors and administrators: name yourself with --as.",
    zh="该包含有全部操作记录（包括投票），仅供登记员、审计员和管理员使用；请用 --as 表明身份。",
)
