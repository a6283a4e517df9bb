"""Withdrawing one person: the order of the steps, from the recorded act to the certificate.

Belongs here: that order, and who may. Does not: any one step. The act comes first, so that nothing of the person is taken in any
more; the certificate last, when every file has been decoded. A repetition goes on where a kill left off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data import documents
from data.access import check_can
from data.contracts import Contract, load_contracts
from data.erasure.certificate import Certified, certificate_of, certified
from data.erasure.consequences import mark_stale, note_releases
from data.erasure.layers import (
    Stored,
    contracts_by_name,
    may_hold,
    names_stand_in,
    person_headers,
    records_of,
    rows_of,
    stored_files,
)
from data.erasure.proof import Proof, prove, vault_knows
from data.erasure.rewriting import Becoming, nobody_writes, rewrite
from data.erasure.subject import Subject
from data.erasure.sweep import loose_files, sweep, without_person
from data.identity import PSEUDONYM, Vault
from data.identity.binding import open_vault
from data.lake import Lake
from data.ledger import Ledger
from data.messages import NotFound, Refused, Text
from data.paths import Workspace
from data.readers import RawTable
from data.reference import check_zone
from data.withdrawals import WITHDRAWN, Withdrawal, comparable, withdrawals

SHOWN = 5


@dataclass(frozen=True)
class Erased:
    """A withdrawal that is done. `is_new` is False when it had been before, and nothing was left to do."""

    withdrawal_id: str
    certificate: dict[str, Any]
    certificate_sha256: str
    is_new: bool


Forgets = Callable[[str, frozenset[str]], int]
"""Takes a person of a zone, under these names, out of a store that this room does not know; says from how many places."""


@dataclass(frozen=True)
class _Work:
    """What every step needs: where, whom, and who acts."""

    workspace: Workspace
    ledger: Ledger
    vault: Vault
    contracts: Mapping[str, Contract]
    subject: Subject
    actor: str
    role: str
    forgets: Forgets | None = None


def withdraw(
    person: str,
    *,
    zone: str,
    actor: str,
    workspace: Workspace,
    ledger: Ledger,
    forgets: Forgets | None = None,
) -> Erased:
    """Block a person's data from now on, remove what there is from every layer, and prove it.

    Parameters
    ----------
    person
        An id that any contract's person column holds, or a pseudonym. It is recorded nowhere.
    zone
        Where the person took part; rows of other zones that happen to have the same id are not the person's.
    actor
        Who acts; needs the right to withdraw in that zone.
    forgets
        What else keeps something of the person, such as the sealed ledger of published results: told zone and names, while the
        vault still knows them.

    Returns
    -------
    Erased
        With the certificate, which is kept as a document of the ledger.

    Raises
    ------
    NotPermitted, NotFound
        E-ACCESS-01; E-WD-01: nobody of that id in the zone (exit code 4).
    Refused
        E-WD-02: some file still names the person; the withdrawal stands and blocks, but there is no certificate. E-VAULT-05.
    PlatformFailed
        E-VAULT-01, E-VAULT-03, E-VAULT-04: there is no vault to work with.
    """
    check_zone(zone)
    role = check_can(actor, "withdraw", zone, workspace=workspace)
    with nobody_writes(workspace, ledger):
        vault = open_vault(workspace, ledger)
        contracts = contracts_by_name(load_contracts(), vault)
        named = _subject(comparable(person), zone, vault, contracts)
        subject = replace(named, records=records_of(workspace, named))
        work = _Work(workspace, ledger, vault, contracts, subject, actor, role, forgets)
        known = _act_of(work)
        if known is not None and known.certificate is not None and not _proof(work).found:
            found = json.loads(documents.get(ledger, known.certificate))
            return Erased(known.withdrawal_id, found, known.certificate, is_new=False)
        if known is None and not _is_known(work):
            raise _unknown(zone)
        return _erase(work, known or _record(work))


def _erase(work: _Work, act: Withdrawal) -> Erased:
    """Run the steps; each may be repeated."""
    name, place, ledger = act.withdrawal_id, work.workspace, work.ledger
    rewrite(place, ledger, stored_files(place, ledger), lambda f: _without(f, work), act_id=name, actor=work.actor)
    changed = note_releases(place, ledger, Lake(place, ledger), act_id=name, actor=work.actor)
    stale = mark_stale(place, ledger, act_id=name, actor=work.actor)
    swept = sweep(place, ledger, work.subject, work.contracts)
    ledger.compact()
    work.vault.compact()  # a death while it forgot leaves a journal that names the person, and that only a write removes
    proof = _proof(work)
    if proof.found:
        raise _left(proof.found)
    if work.forgets is not None:
        work.forgets(work.subject.zone, work.subject.names)
    in_vault = _forgotten(work)  # last: without the vault a repetition that knows a pseudonym alone would know no more
    done = Certified(swept=swept, releases=tuple(changed), stale=tuple(stale), vault=in_vault)
    document = certificate_of(ledger, act, proof, done, role=work.role)
    sha256 = certified(ledger, act, document, actor=work.actor, role=work.role)
    return Erased(name, document, sha256, is_new=True)


def _proof(work: _Work) -> Proof:
    return prove(work.workspace, work.ledger, work.subject, work.contracts, work.vault)


def _forgotten(work: _Work) -> str:
    """Take the person out of the vault, unless rows of another zone still stand under the pseudonym."""
    files = (file for file in stored_files(work.workspace, work.ledger) if file.path.suffix == ".parquet")
    if any(names_stand_in(file, work.subject, zone=None) for file in files):
        return "kept: rows of another zone stand under the same pseudonym"
    work.vault.forget(sorted(work.subject.names))
    if vault_knows(work.vault, work.subject):  # pragma: no cover - a vault that does not do what it is told
        raise _left(("vault",))
    return "forgotten"


def _subject(person: str, zone: str, vault: Vault, contracts: Mapping[str, Contract]) -> Subject:
    """Return every name that the person has: the id, and its pseudonym in each project."""
    behind = vault.find(pseudonym=person) if PSEUDONYM.fullmatch(person) else []
    names = {person, *(each.identifier for each in behind)}
    for name in sorted(names):
        names.update(each.pseudonym for each in vault.find(identifier=name))
        if not PSEUDONYM.fullmatch(name):
            projects = {contract.project for contract in contracts.values() if contract.replaced_columns}
            names.update(vault.pseudonyms(project, "person", [name])[name] for project in projects)
    columns = {column.name for contract in contracts.values() for column in contract.person_columns}
    return Subject(zone, frozenset(names), frozenset(columns))


def _act_of(work: _Work) -> Withdrawal | None:
    hashes = {work.vault.withdrawal_hash(work.subject.zone, name) for name in work.subject.names}
    acts = (act for act in withdrawals(work.ledger) if act.zone == work.subject.zone)
    return next((act for act in acts if hashes & set(act.person)), None)


def _is_known(work: _Work) -> bool:
    if any(_without(file, work) for file in stored_files(work.workspace, work.ledger)):
        return True
    home = work.workspace.home
    waiting = (path for path in loose_files(work.workspace) if path.relative_to(home).parts[0] == "inbox")
    return any(work.subject.is_in(path.read_bytes().decode("utf-8", "replace")) for path in waiting)


def _without(file: Stored, work: _Work) -> Becoming | None:
    """Return what a file is without the person; None if it does not hold them."""
    subject = work.subject
    if not may_hold(file, subject):
        return None
    contract = work.contracts.get(file.contract or "")
    found = rows_of(file, contract, work.vault)
    if isinstance(found, bytes):
        held = any(name.encode(code) in found for name in subject.in_text for code in ("utf-8", "utf-16-le", "gb18030"))
        return Becoming(None, 0) if held else None
    if isinstance(found, RawTable):
        left = without_person(found, contract, subject, file.zone)
        rows = found.table.num_rows
    else:
        left, rows = subject.without(found, person_headers(found, contract)), found.num_rows
    secret = work.vault.sealing_secret if file.form == "sealed" else None
    return Becoming(left, rows, secret) if left is not None else None


def _record(work: _Work) -> Withdrawal:
    name, ledger = f"WD-{len(withdrawals(work.ledger)) + 1:04d}", work.ledger
    hashes = sorted(work.vault.withdrawal_hash(work.subject.zone, each) for each in work.subject.names)
    with ledger.transaction() as connection:
        detail = {"zone": work.subject.zone, "person": hashes}
        ledger.record(connection, kind=WITHDRAWN, object_id=name, detail=detail, actor=work.actor, role=work.role)
    return withdrawals(ledger)[-1]


def _unknown(zone: str) -> NotFound:
    return NotFound(
        "E-WD-01",
        Text(
            en=f"Nobody of this id or pseudonym stands in the data of {zone}. Check the spelling and the zone.",
            zh=f"{zone} 的数据中没有该编号或化名。请核对写法和试点区。",
        ),
    )


def _left(places: tuple[str, ...]) -> Refused:
    told = ", ".join(places[:SHOWN]) + (" …" if len(places) > SHOWN else "")
    return Refused(
        "E-WD-02",
        Text(
            en=f"{len(places)} place(s) still name the person: {told}. New data are blocked and everything else is erased, but "
            "there is no certificate. Remove or correct these, then repeat the command.",
            zh=f"仍有 {len(places)} 处包含此人：{told}。新数据已被阻止，其余均已清除，但尚无证明。请删除或更正后重复此命令。",
        ),
    )
