"""`zonelab token issue | revoke | list`: upload tokens of machines.

Belongs here: arguments, tables, showing a secret once. Does not: what a token is (data.tokens), the endpoint (apps.endpoint).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, lines, table
from apps.cli.door import offer
from apps.cli.workspace import opened
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.tokens import Token

UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts: an administrator.")]
PersonOption = Annotated[str, typer.Option("--for", metavar="PERSON", help="In whose name the machine submits.")]
ZoneOption = Annotated[str, typer.Option("--zone", metavar="Z", help="The one zone that it opens.")]
DaysOption = Annotated[int, typer.Option("--days", metavar="N", help="How long it is valid.")]
TokenArgument = Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.")]

STATES = {
    "valid": Text(en="valid", zh="有效"),
    "revoked": Text(en="revoked", zh="已撤销"),
    "expired": Text(en="expired", zh="已过期"),
}


def issue(person: PersonOption, zone: ZoneOption, actor: UserOption, days: DaysOption = 365) -> Answer:
    """Issue an upload token; its text is shown this once and kept nowhere."""
    from data import tokens

    place, ledger = opened()
    made, text = tokens.issue(place, ledger, person=person, zone=zone, actor=actor, days=days)
    said = [
        Text(en=f"Token {made.token_id} of {person} for {zone}:", zh=f"令牌 {made.token_id}（{person}，{zone}）："),
        Text(en=text, zh=text),
        Text(
            en=f"It is shown this once. It is valid until {made.expires_at[:10]}. Whoever holds it submits as {person}.",
            zh=f"仅显示这一次。有效期至 {made.expires_at[:10]}。持有者即以 {person} 的名义提交。",
        ),
    ]
    return Answer({**_document(made), "token": text}, lines(*said))


def revoke(token_id: TokenArgument, actor: UserOption) -> Answer:
    """Revoke an upload token for good."""
    from data import tokens

    place, ledger = opened()
    ended = tokens.revoke(place, ledger, token_id, actor=actor)
    return Answer(_document(ended), lines(Text(en=f"Token {token_id} is revoked.", zh=f"令牌 {token_id} 已撤销。")))


def show_list(actor: UserOption) -> Answer:
    """List the upload tokens ever issued, without their secrets."""
    from data import tokens
    from data.access import check_can

    place, ledger = opened()
    check_can(actor, "administer", workspace=place)
    found = tokens.tokens(ledger)

    def show(out: Console, language: Language) -> None:
        pairs = [("token", "令牌"), ("person", "人员"), ("zone", "试点区"), ("state", "状态"), ("until", "有效期至")]
        rows = [[x.token_id, x.person, x.zone, STATES[x.state()].get(language), x.expires_at[:10]] for x in found]
        out.print(table(Text(en="Upload tokens", zh="上传令牌"), [Text(en=e, zh=z) for e, z in pairs], rows, language))

    return Answer([_document(token) for token in found], show)


def _document(token: Token) -> dict[str, Any]:
    return {
        "token_id": token.token_id,
        "person": token.person,
        "zone": token.zone,
        "state": token.state(),
        "issued_by": token.issued_by,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Upload tokens of machines.", pretty_exceptions_enable=False)
    offer(group, "issue")(issue)
    offer(group, "revoke")(revoke)
    offer(group, "list")(show_list)
    app.add_typer(group, name="token")
