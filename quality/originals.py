"""In which form a file's original is kept: as it came, sealed, or only the rows behind the gate.

Belongs here: that decision. Does not: paths and records (data.originals), the cipher (data.identity.sealing). A file with direct
identifiers is kept whole, for proof and repair, but readable to the vault's owner alone; a file with rows of somebody who
withdrew is not kept whole at all.
"""

from __future__ import annotations

from dataclasses import replace

from data.contracts import Contract
from data.durable import adopt_file, write_parquet
from data.identity.binding import open_vault
from data.identity.sealing import seal
from data.ledger import Ledger
from data.originals import original_path, record_form
from data.paths import Workspace
from data.readers import FileContent
from data.readers.spelling import plain_table
from quality.check import CheckReport
from quality.identity_gate import Gate
from quality.withdrawn import names_withdrawn


def keep_original(
    workspace: Workspace,
    ledger: Ledger,
    opened: FileContent,
    contract: Contract,
    report: CheckReport,
    gate: Gate,
    *,
    actor: str,
) -> FileContent:
    """Keep what may be kept of a file, and remember whose identifiers were replaced; safe to repeat. Return where it is now.

    What was checked, hashed and is kept as it came is one file: it is renamed, never copied again.
    """
    if report.must_not_be_kept:
        return opened
    opened.check_seal()
    if report.texts is None and gate.is_withdrawn and names_withdrawn(opened.path, gate.is_withdrawn):
        record_form(ledger, workspace, opened.sha256, "none", actor=actor)
        return opened
    if contract.replaced_columns:
        vault = open_vault(workspace, ledger)
        for kind, pairs in report.pairs.items():
            vault.remember(contract, kind, pairs)
    if report.left_out and report.texts is not None:
        write_parquet(original_path(workspace, opened.sha256, "rows"), plain_table(report.texts), metadata={})
        record_form(ledger, workspace, opened.sha256, "rows", actor=actor)
    elif contract.replaced_columns:
        with opened.path.open("rb") as source:
            seal(vault.sealing_secret, source, opened.sha256, original_path(workspace, opened.sha256, "sealed"))
        record_form(ledger, workspace, opened.sha256, "sealed", actor=actor)
    else:
        kept = original_path(workspace, opened.sha256)
        adopt_file(opened.path, kept)
        return replace(opened, path=kept)
    return opened
