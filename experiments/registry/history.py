"""What was done with an experiment, act by act: the ledger's events in words.

Belongs here: one line an event, in words. Does not: what a reader may see of it (reviews), the state that follows (fold),
proof of the chain (data.verify).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.ledger import Event
from data.messages import Text
from experiments.registry.event_words import said_of
from experiments.registry.records import Record
from experiments.registry.reviews import visible_events

KINDS: dict[str, Text] = {
    "protocol_drafted": Text(en="draft {version} saved", zh="保存草稿 {version}"),
    "protocol_submitted": Text(en="version {version} submitted", zh="提交版本 {version}"),
    "reviewers_assigned": Text(en="reviewers assigned", zh="指派评审"),
    "review_voted": Text(en="{side} review: {vote}", zh="评审（{side}）：{vote}"),
    "comment_answered": Text(en="comment {comment_id} answered", zh="回复意见 {comment_id}"),
    "changes_requested": Text(en="changes requested", zh="要求修改"),
    "protocol_rejected": Text(en="rejected", zh="否决"),
    "protocol_approved": Text(en="approved", zh="批准"),
    "protocol_registered": Text(en="version {version} registered", zh="注册版本 {version}"),
    "protocol_superseded": Text(en="version {version} superseded", zh="版本 {version} 被取代"),
    "withdrawal_requested": Text(en="withdrawal asked for: {reason}", zh="申请撤回：{reason}"),
    "protocol_withdrawn": Text(en="withdrawn: {reason}", zh="撤回：{reason}"),
    "amendment_proposed": Text(
        en="amendment {from} → {to}, {class}: {reason_code}", zh="修订 {from} → {to}（{class}）：{reason_code}"
    ),
    "diagnosis_recorded": Text(en="design diagnosed", zh="完成设计诊断"),
    "assignment_committed": Text(en="seed and frame committed", zh="承诺随机种子与抽样框"),
    "assignment_drawn": Text(en="assignment drawn and sealed", zh="抽取并密封分组"),
    "assignment_revealed": Text(en="assignment and seed revealed", zh="公开分组与种子"),
    "assignment_abandoned": Text(en="commitment given up", zh="放弃承诺"),
    "status_changed": Text(en="{zone_id}: {from} → {to}", zh="{zone_id}：{from} → {to}"),
    "exposure_epoch": Text(
        en="exposure epoch: {intervention_id} {from} → {to}", zh="暴露时期：{intervention_id} {from} → {to}"
    ),
    "ethics_recorded": Text(en="ethics decision recorded", zh="记录伦理审查决定"),
    "outcome_read": Text(en="outcomes of {release_id} read", zh="读取 {release_id} 的结果数据"),
    "analysis_run": Text(en="analysis {analysis_id} run: {label}", zh="运行分析 {analysis_id}：{label}"),
    "deviation_found": Text(en="deviation {id} found", zh="发现偏离 {id}"),
    "deviation_noted": Text(en="deviation annotated", zh="补充说明偏离"),
    "harm_crossed": Text(
        en="harm rule {rule_id} crossed in {zone_id}: {value} against {threshold}",
        zh="{zone_id} 触发伤害规则 {rule_id}：{value}（阈值 {threshold}）",
    ),
}
"""What each kind of event says; braces are filled from its detail."""

PUBLIC = frozenset(
    {"protocol_registered", "protocol_superseded", "protocol_withdrawn", "status_changed", "exposure_epoch"}
    | {"assignment_committed", "assignment_drawn", "assignment_revealed", "assignment_abandoned"}
    | {"analysis_run", "deviation_found"}
)
"""What everybody may read of: what happened to what is registered. Drafts, votes and proposals are the team's and reviewers'."""

VEILED = Text(en="a review of the {side} side was cast", zh="已提交一份评审（{side}）")
"""What a vote says while the others are still to come."""


@dataclass(frozen=True)
class Line:
    """One act. `detail` is the event's own, or what of it may be seen."""

    seq: int
    at: str
    kind: str
    what: Text
    actor: str
    role: str
    detail: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the line as commands print it."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "what": self.what.model_dump(),
            "actor": self.actor,
            "role": self.role,
            "detail": self.detail,
        }


def history(record: Record, reader: str, *, inside: bool = True) -> tuple[Line, ...]:
    """Return the acts on an experiment in order, as a reader may see them.

    While reviewers vote independently, nobody learns how; outside (`inside` false) one learns of what is registered.
    """
    events = visible_events(record, reader)
    return tuple(_line(event) for event in events if inside or event.kind in PUBLIC)


def _line(event: Event) -> Line:
    hidden = event.kind == "review_voted" and "vote" not in event.detail
    what = _said(VEILED if hidden else KINDS.get(event.kind), event)
    return Line(event.seq, event.at_utc, event.kind, what, event.actor, event.role, event.detail)


def _said(template: Text | None, event: Event) -> Text:
    if template is None:
        return Text(en=event.kind.replace("_", " "), zh=event.kind)
    said = {name: said_of(name, code) for name, code in event.detail.items()}
    return Text(
        en=template.en.format_map(_Known({name: text.en for name, text in said.items()})),
        zh=template.zh.format_map(_Known({name: text.zh for name, text in said.items()})),
    )


class _Known(dict[str, Any]):
    """A detail whose missing entries read as a dash: an older event may lack what newer ones have."""

    def __missing__(self, key: str) -> str:
        return "–"
