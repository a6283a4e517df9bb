"""What must happen now with an experiment, who must act, and by which command.

Belongs here: reading this off a record. Does not: whether the act will be allowed (guards), what is overdue (reminders), sending
anything to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from data.messages import Text
from experiments.registry.event_words import zone_name
from experiments.registry.records import SIDES, Record, Side, VersionRecord

ROLE_OF_SIDE: dict[Side, str] = {"methods": "methods_reviewer", "ethics": "ethics_reviewer"}


@dataclass(frozen=True)
class Step:
    """One thing that waits. `who` names the users whom the record names; empty, it is anybody who holds the role."""

    what: Text
    role: str
    who: tuple[str, ...]
    command: str

    def document(self) -> dict[str, Any]:
        """Return the step as commands print it."""
        return {"what": self.what.model_dump(), "role": self.role, "who": list(self.who), "command": self.command}


def next_steps(record: Record) -> tuple[Step, ...]:
    """Return what waits: first about the version in preparation, then about the registered one in its zones."""
    found: list[Step] = []
    if record.open is not None:
        found += _BY_STATE[record.open.state](record.experiment_id, record.open)
    current = record.current
    if current is not None and current.state == "registered":
        found += _running(record, current)
    return tuple(found)


def _responsible(version: VersionRecord) -> tuple[str, ...]:
    person = version.protocol.responsible_party
    return (person.user,) if person is not None else ()


def _draft(name: str, version: VersionRecord) -> Iterator[Step]:
    yield Step(
        Text(en="Fill what is missing, diagnose the design, submit", zh="补全内容、诊断设计并提交"),
        "investigator",
        _responsible(version),
        f"zonelab diagnose {name} --as USER; zonelab protocol submit {name} --as USER",
    )


def _submitted(name: str, _version: VersionRecord) -> Iterator[Step]:
    yield Step(
        Text(en="Assign one methods and one ethics reviewer at least", zh="至少指派一名方法评审与一名伦理评审"),
        "registrar",
        (),
        f"zonelab protocol review {name} --assign METHODS,ETHICS --as USER",
    )


def _in_review(name: str, version: VersionRecord) -> Iterator[Step]:
    for side in SIDES:
        missing = waiting(version, side)
        if missing:
            yield Step(
                Text(en=f"Vote on the {side} side, with comments", zh=_VOTE_ZH[side]),
                ROLE_OF_SIDE[side],
                missing,
                f"zonelab protocol review {name} --side {side} --vote approve|changes|reject --as USER",
            )
    if version.votes_in:
        yield Step(
            Text(en="Decide as the votes say", zh="按投票结果作出决定"),
            "registrar",
            (),
            f"zonelab protocol review {name} --decide {version.verdict} --as USER",
        )


_VOTE_ZH: dict[Side, str] = {"methods": "方法评审投票并给出意见", "ethics": "伦理评审投票并给出意见"}


def waiting(version: VersionRecord, side: Side) -> tuple[str, ...]:
    """Return the reviewers of a side who have not voted."""
    voted = {item.reviewer for item in version.votes if item.side == side}
    return tuple(user for user in version.reviewers[side] if user not in voted)


def _changes(name: str, version: VersionRecord) -> Iterator[Step]:
    open_comments = len(version.unanswered)
    if open_comments:
        yield Step(
            Text(en=f"Answer {open_comments} comments", zh=f"回复 {open_comments} 条意见"),
            "investigator",
            _responsible(version),
            f"zonelab protocol review {name} --answer COMMENT --text TEXT --as USER",
        )
    yield Step(
        Text(en="Save the revised text, submit again", zh="保存修改稿并再次提交"),
        "investigator",
        _responsible(version),
        f"zonelab protocol draft FILE --as USER; zonelab protocol submit {name} --as USER",
    )


def _approved(name: str, _version: VersionRecord) -> Iterator[Step]:
    yield Step(Text(en="Register", zh="注册"), "registrar", (), f"zonelab protocol register {name} --as USER")


_BY_STATE: dict[str, Callable[[str, VersionRecord], Iterator[Step]]] = {
    "draft": _draft,
    "submitted": _submitted,
    "in_review": _in_review,
    "changes_requested": _changes,
    "approved": _approved,
}


def _running(record: Record, current: VersionRecord) -> Iterator[Step]:
    if current.withdrawal_asked_by is not None:
        yield Step(
            Text(en="Accept the withdrawal", zh="同意撤回"),
            "registrar",
            (),
            f"zonelab protocol withdraw {record.experiment_id} --accept --as USER",
        )
    zones = [item.zone_id for item in current.protocol.zones]
    idle = [zone for zone in zones if record.zone_status.get(zone, "not_yet_recruiting") == "not_yet_recruiting"]
    if idle and current.protocol.assignment_spec is not None and record.assignment is None:
        yield Step(
            Text(en="Commit to a seed and draw the assignment", zh="承诺随机种子并抽取分组"),
            "investigator",
            _responsible(current),
            f"zonelab assign {record.experiment_id} --frame FILE --as USER",
        )
    elif idle:
        yield from _starting(record, current, idle)
    for zone in zones:
        if record.zone_status.get(zone) == "suspended":
            yield _resuming(record, zone)


def _starting(record: Record, current: VersionRecord, idle: list[str]) -> Iterator[Step]:
    asked = [zone for zone in idle if zone in record.zones and record.zones[zone].asked_by is not None]
    unasked = [zone for zone in idle if zone not in asked]
    name = record.experiment_id
    if unasked:
        yield Step(
            _in_zones("Ask to start recruiting in {zones}", "申请在以下试点区开始招募：{zones}", unasked),
            "zone_lead",
            _leads(current, unasked),
            f"zonelab protocol status {name} --zone ZONE --to recruiting --as USER",
        )
    if asked:
        yield Step(
            _in_zones("Confirm recruiting in {zones}", "确认在以下试点区开始招募：{zones}", asked),
            "investigator",
            _responsible(current),
            f"zonelab protocol status {name} --zone ZONE --to recruiting --as USER",
        )


_CAUSES: dict[str, Text] = {
    "ethics": Text(en="ethics", zh="伦理"),
    "harm": Text(en="harm", zh="不良影响"),
    "recruitment": Text(en="recruitment", zh="招募"),
    "funding": Text(en="funding", zh="经费"),
    "policy_change": Text(en="a change of policy", zh="政策变化"),
    "technology": Text(en="technology", zh="技术"),
    "data": Text(en="data", zh="数据"),
    "other": Text(en="another cause", zh="其他原因"),
}


def _in_zones(en: str, zh: str, zones: list[str]) -> Text:
    names = [zone_name(zone) for zone in zones]
    return Text(
        en=en.format(zones=", ".join(name.en for name in names)),
        zh=zh.format(zones="、".join(name.zh for name in names)),
    )


def _leads(version: VersionRecord, zones: list[str]) -> tuple[str, ...]:
    found = (item.local_lead.user for item in version.protocol.zones if item.zone_id in zones and item.local_lead)
    return tuple(dict.fromkeys(found))


def _resuming(record: Record, zone: str) -> Step:
    cause = record.zones[zone].cause
    name, why = zone_name(zone), _CAUSES.get(str(cause), Text(en=str(cause), zh=str(cause)))
    return Step(
        Text(
            en=f"{name.en} is suspended ({why.en}): resume or terminate", zh=f"{name.zh}已暂停（{why.zh}）：恢复或终止"
        ),
        "ethics_reviewer" if cause in ("harm", "ethics") else "investigator",
        (),
        f"zonelab protocol status {record.experiment_id} --zone {zone} --to recruiting|terminated --as USER",
    )
