"""`zonelab account invite | list | lock | unlock | revoke`: who may sign in to the pages.

Belongs here: arguments, tables, showing a code once. Does not: what an account is (data.accounts), the pages (apps.viewer.login).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from apps.cli.answer import Answer, lines, table
from apps.cli.door import offer
from apps.cli.workspace import opened
from data.messages import Language, Text

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="As in access.yml.")]
ActorOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts: an administrator.")]
DaysOption = Annotated[int, typer.Option("--days", metavar="N", help="How long the code is valid.")]

STATES = {
    "invited": Text(en="invited", zh="已邀请"),
    "invitation expired": Text(en="invitation expired", zh="邀请已过期"),
    "open": Text(en="open", zh="已启用"),
    "locked": Text(en="locked", zh="已锁定"),
}


def invite(user: UserArgument, actor: ActorOption, days: DaysOption = 7) -> Answer:
    """Invite a user of access.yml, or to a new password; from the first invitation on the pages ask for a password.

    邀请 access.yml 中的用户（或重设密码）；自首次邀请起，页面须凭密码登录。
    """
    from data import accounts
    from data.settings import load_settings

    place, ledger = opened()
    account, code = accounts.invite(place, ledger, user, actor=actor, days=days)
    page = f"http://127.0.0.1:{load_settings().viewer_port}/account/invitation"
    said = [
        Text(en=f"Invitation for {user}:", zh=f"给 {user} 的邀请码："),
        Text(en=code, zh=code),
        Text(
            en=f"It is shown this once and good once, until {str(account.invitation_until)[:10]}. Give it to {user} alone, who "
            f"opens {page} (or the same page at your address) and sets a password.",
            zh=f"仅显示这一次，仅可使用一次，有效期至 {str(account.invitation_until)[:10]}。请只交给 {user} 本人，"
            f"由其打开 {page}（或贵处地址下的同一页面）设置密码。",
        ),
    ]
    return Answer({**asdict(account), "code": code}, lines(*said))


def show_list(actor: ActorOption) -> Answer:
    """List the accounts, without secrets.

    列出账户（不含密码或邀请码）。
    """
    from data.access import check_can
    from data.accounts import accounts

    place, _ = opened()
    check_can(actor, "administer", workspace=place)
    found = accounts(place)

    def show(out: object, language: Language) -> None:
        heads = (
            ("user", "用户"),
            ("state", "状态"),
            ("invited by", "邀请人"),
            ("invited", "邀请时间"),
            ("opened", "启用时间"),
        )
        columns = [Text(en=en, zh=zh) for en, zh in heads]
        rows = [
            [x.user, STATES[x.state].get(language), x.invited_by, x.invited_at[:10], (x.opened_at or "")[:10]]
            for x in found
        ]
        out.print(table(Text(en="Accounts", zh="账户"), columns, rows, language))  # type: ignore[attr-defined]

    return Answer([asdict(account) for account in found], show)


def lock(user: UserArgument, actor: ActorOption) -> Answer:
    """Lock an account: its sessions end at once.

    锁定账户，其会话立即结束。
    """
    from data import accounts

    place, ledger = opened()
    ended = accounts.lock(place, ledger, user, actor=actor)
    return Answer(asdict(ended), lines(Text(en=f"{user} is locked and signed out.", zh=f"{user} 已锁定并登出。")))


def unlock(user: UserArgument, actor: ActorOption) -> Answer:
    """Unlock an account and forget its failed tries.

    解锁账户并清除失败记录。
    """
    from data import accounts

    place, ledger = opened()
    found = accounts.unlock(place, ledger, user, actor=actor)
    return Answer(asdict(found), lines(Text(en=f"{user} may sign in again.", zh=f"{user} 可以重新登录。")))


def revoke(user: UserArgument, actor: ActorOption) -> Answer:
    """Revoke an account for good: password, invitation, sessions and a provider's logins end at once.

    永久撤销账户。
    """
    from data import accounts

    place, ledger = opened()
    accounts.revoke(place, ledger, user, actor=actor)
    return Answer(
        {"user": user, "state": "revoked"},
        lines(
            Text(
                en=f"{user} is signed out everywhere, and an account is revoked.",
                zh=f"{user} 已在各处登出，其账户已撤销。",
            )
        ),
    )


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Who may sign in to the pages. 页面登录账户。", pretty_exceptions_enable=False)
    for name, function in (
        ("invite", invite),
        ("list", show_list),
        ("lock", lock),
        ("unlock", unlock),
        ("revoke", revoke),
    ):
        offer(group, name)(function)
    app.add_typer(group, name="account")
