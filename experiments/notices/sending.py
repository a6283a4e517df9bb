"""Sending: one message an address with all that is new, recorded before it leaves, so that nobody is told twice.

Belongs here: what was told already, the record, what a message says. Does not: the ways (ways), what there is to tell
(occasions). A process that dies between record and sending loses that message; an error is recorded, and tried again later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.ledger import Ledger
from data.messages import Text
from experiments.notices import ways
from experiments.notices.occasions import Occasion, occasions
from experiments.notices.rules import MailServer, Rule, Rules, load_rules
from experiments.registry.store import Registry

TOLD, FAILED = "notice_told", "notice_failed"
MOST = 200
"""Occasions in one message; the rest follows at the next run."""


@dataclass(frozen=True)
class Target:
    """Where one message goes: an address of a rule by mail, or its webhook."""

    rule: str
    address: str
    server: MailServer | None

    @property
    def way(self) -> str:
        """How it stands in the ledger: an address is somebody's, so only its hash."""
        return f"mail:{hashlib.sha256(self.address.encode()).hexdigest()[:16]}" if self.server else "webhook"

    def deliver(self, said: ways.Message) -> None:
        """Hand a message over; raises one of `ways.FAILURES`."""
        if self.server is None:
            ways.by_webhook(self.address, self.rule, said)
        else:
            ways.by_mail(self.server, self.address, said)


@dataclass(frozen=True)
class News:
    """What a target has not been told yet."""

    target: Target
    items: tuple[Occasion, ...]


@dataclass(frozen=True)
class Sent:
    """What became of one message; `error` names the kind of what went wrong."""

    rule: str
    way: str
    occasions: int
    error: str | None = None


def fresh(registry: Registry, now: datetime) -> list[News]:
    """Return what was not told yet, a target at a time; targets for whom nothing is new are not in it.

    Raises
    ------
    PlatformFailed
        E-NOTICE-01: the rules cannot be understood.
    """
    rules = load_rules(registry.workspace)
    return [] if rules is None else _unheard(rules, occasions(registry, now), registry.ledger)


def send(registry: Registry, now: datetime, *, by: str, role: str = "") -> list[Sent]:
    """Tell everybody what they have not heard of yet; return one entry a message. Raises as `fresh`."""
    rules = load_rules(registry.workspace)
    if rules is None:
        return []
    found, done = occasions(registry, now), []
    for target in _targets(rules):
        with registry.ledger.transaction() as connection:  # of two who send at once, one finds nothing left
            news = next((item for item in _unheard(rules, found, registry.ledger) if item.target == target), None)
            if news is not None:
                registry.ledger.record(
                    connection, kind=TOLD, object_id=target.rule, detail=_detail(news), actor=by, role=role
                )
        if news is not None:
            done.append(_deliver(registry.ledger, news, by, role))
    return done


def _unheard(rules: Rules, found: Sequence[Occasion], ledger: Ledger) -> list[News]:
    known, named = _told(ledger), {rule.name: rule for rule in rules.rules}
    news = []
    for target in _targets(rules):
        before = known.get((target.rule, target.way), set())
        items = [item for item in found if named[target.rule].wants(item) and item.key not in before]
        news += [News(target, tuple(items[:MOST]))] if items else []
    return news


def _told(ledger: Ledger) -> dict[tuple[str, str], set[str]]:
    """Return the keys that each target was told of; those of a message that failed are not among them."""
    found: dict[tuple[str, str], set[str]] = {}
    for event in ledger.events_of((TOLD, FAILED)):
        keys = found.setdefault((event.object_id, event.detail["way"]), set())
        if event.kind == TOLD:
            keys.update(event.detail["keys"])
        else:
            keys.difference_update(event.detail["keys"])
    return found


def _targets(rules: Rules) -> Iterator[Target]:
    for rule in rules.rules:
        yield from _of(rule, rules.mail)


def _of(rule: Rule, server: MailServer | None) -> Iterator[Target]:
    for address in dict.fromkeys(rule.mail):
        yield Target(rule.name, address, server)
    if rule.webhook:
        yield Target(rule.name, rule.webhook, None)


def _deliver(ledger: Ledger, news: News, by: str, role: str) -> Sent:
    target, number = news.target, len(news.items)
    try:
        target.deliver(message(news.items))
    except ways.FAILURES as error:
        detail = {**_detail(news), "error": type(error).__name__}
        with ledger.transaction() as connection:
            ledger.record(connection, kind=FAILED, object_id=target.rule, detail=detail, actor=by, role=role)
        return Sent(target.rule, target.way, number, type(error).__name__)
    return Sent(target.rule, target.way, number)


def _detail(news: News) -> dict[str, object]:
    return {"way": news.target.way, "keys": [item.key for item in news.items]}


def message(items: Sequence[Occasion]) -> ways.Message:
    """Return what is sent: a subject and lines in both languages, and the same for machines."""
    subject = Text(en=f"zonelab: {len(items)} to look at", zh=f"zonelab：{len(items)} 项待处理")
    texts = [item.text for item in items]
    return ways.Message(
        subject=f"{subject.zh} · {subject.en}",
        text="\n".join([*(f"- {text.zh}" for text in texts), "", *(f"- {text.en}" for text in texts), ""]),
        occasions=tuple(
            {"kind": item.kind, "key": item.key, "zone": item.zone, "since": item.since, "text": item.text.model_dump()}
            for item in items
        ),
    )
