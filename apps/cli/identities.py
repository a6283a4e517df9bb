"""`zonelab withdraw` and `zonelab vault status | who | rotate`: persons, and the vault that knows who they are.

Belongs here: arguments, reading an id without leaving it in the shell's history, answers. Does not: how a person is erased
(data.erasure), the vault (data.identity).
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import offer
from apps.cli.workspace import opened
from data.messages import Text, WrongUsage

if TYPE_CHECKING:
    from data.erasure import Erased

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="An id or a pseudonym; - asks for it, or reads it from stdin.")
]
PseudonymArgument = Annotated[str, typer.Argument(metavar="PSEUDONYM", help="As it stands in a table: k1:…")]
ZoneOption = Annotated[str, typer.Option("--zone", metavar="Z", help="Where the person took part.")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Goes on record; do not name the person.")]
ASKED = "-"


def withdraw(zone: ZoneOption, actor: UserOption, person: PersonArgument = ASKED) -> Answer:
    """Withdraw a person's consent: nothing more is taken in, every layer is purged, a certificate proves it.

    Safe to repeat: an interrupted withdrawal goes on, a finished one answers with its certificate.
    """
    from data.erasure import withdraw as erase
    from experiments.reviewing.differenced import forget

    place, ledger = opened()
    forgets = forget(place, ledger)
    done = erase(_said(person), zone=zone, actor=actor, workspace=place, ledger=ledger, forgets=forgets)
    document = {
        "withdrawal_id": done.withdrawal_id,
        "new": done.is_new,
        "certificate_sha256": done.certificate_sha256,
        "certificate": done.certificate,
    }
    return Answer(document, lines(*_told(done)))


def status(actor: UserOption) -> Answer:
    """Say which vault this is, which key is in use, how many people it knows, how often it was looked into."""
    from data.identity.lookup import standing

    place, ledger = opened()
    found = standing(actor=actor, workspace=place, ledger=ledger)
    text = Text(
        en=f"Vault {found.vault_id}: key {found.key}, {found.people:,} people, looked into {found.looks:,} times.",
        zh=f"保管库 {found.vault_id}：第 {found.key} 号密钥，{found.people:,} 人，已查询 {found.looks:,} 次。",
    )
    return Answer(asdict(found), lines(text))


def who(pseudonym: PseudonymArgument, actor: UserOption, reason: ReasonOption) -> Answer:
    """Say who is behind a pseudonym. For the vault's keeper alone; every look goes on record with its reason."""
    from data.identity.lookup import identify

    place, ledger = opened()
    found = identify(pseudonym, reason=reason, actor=actor, workspace=place, ledger=ledger)
    document = {"project": found.project, "kind": found.kind, "identifier": found.identifier}
    return Answer(document, lines(Text(en=found.identifier, zh=found.identifier)))


def rotate(actor: UserOption) -> Answer:
    """Change the key: everybody gets a new pseudonym in every table, links stay, the old key is destroyed. Safe to repeat."""
    from data.identity.key_change import change_key

    place, ledger = opened()
    done = change_key(actor=actor, workspace=place, ledger=ledger)
    text = Text(
        en=f"{done.act_id}: key {done.key} is in use. {done.people:,} people have new pseudonyms, {done.files:,} files were "
        f"rewritten, {len(done.releases)} releases noted. Copies outside this workspace keep the old pseudonyms.",
        zh=f"{done.act_id}：已启用第 {done.key} 号密钥。{done.people:,} 人更换化名，改写 {done.files:,} 个文件，"
        f"注记 {len(done.releases)} 个发布版本。工作区之外的副本仍为旧化名。",
    )
    return Answer({**asdict(done), "releases": list(done.releases)}, lines(text))


def _said(person: str) -> str:
    """Return the id: an argument stands in the shell's history and in the list of processes, so it may be asked for."""
    if person != ASKED:
        return person
    said = typer.prompt("id", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    if not said.strip():
        raise WrongUsage("E-WD-03", Text(en="No id was given.", zh="未提供编号。"))
    return str(said.strip())


def _told(done: Erased) -> list[Text]:
    found: dict[str, Any] = done.certificate
    files = sum(layer["files"] for layer in found["erased"].values())
    rows = sum(layer["rows"] for layer in found["erased"].values())
    decoded = sum(found["decoded"].values())
    texts = [
        Text(
            en=f"{done.withdrawal_id}{'' if done.is_new else ' (done before)'}: {rows:,} rows in {files:,} files were removed; "
            f"{decoded:,} files were decoded and none names the person.",
            zh=f"{done.withdrawal_id}{'' if done.is_new else '（此前已完成）'}：从 {files:,} 个文件中删除 {rows:,} 行；"
            f"已解码 {decoded:,} 个文件，均不含此人。",
        ),
        Text(
            en=f"Releases changed: {len(found['releases'])}. Reports now stale: {', '.join(found['stale_reports']) or 'none'}.",
            zh=f"变更的发布版本：{len(found['releases'])} 个。需更新的报告：{'、'.join(found['stale_reports']) or '无'}。",
        ),
        Text(en=f"Certificate: {done.certificate_sha256}", zh=f"证明：{done.certificate_sha256}"),
    ]
    if found["retained_documents"]:
        count = len(found["retained_documents"])
        texts.append(
            Text(
                en=f"{count} sealed registry documents name the person and were left as they are; the certificate lists them.",
                zh=f"{count} 份已封存的登记文件提及此人，保持原样；证明中已列出。",
            )
        )
    return texts


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "withdraw")(withdraw)
    group = typer.Typer(help="The vault: who is behind a pseudonym.", pretty_exceptions_enable=False)
    offer(group, "status")(status)
    offer(group, "who")(who)
    offer(group, "rotate")(rotate)
    app.add_typer(group, name="vault")
