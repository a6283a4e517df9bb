"""Triggers on conduct: instruments, versions of the AI system, ethics decisions, consent.

Belongs here: measurement and delivery as they were, against the registered ones. Does not: units (sample), analyses (reporting).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase

from data.ethics_gate import counting, permits
from data.messages import Text
from experiments.registry.deviations.model import AiVersion, Arrived, Deviation, Done, NotChecked
from experiments.registry.protocol import AiSystem
from experiments.registry.schema.governance import DataSource, EthicsDecision


def instrument_differs(done: Done) -> Iterator[Deviation]:
    """Yield an instrument that came back with other content than the registered one."""
    registered = {item.id: item.content_sha256 for item in done.protocol.instruments if item.content_sha256}
    if not registered:
        raise NotChecked("No instrument is registered with its hash.", "登记的工具没有哈希值。")
    if done.instruments is None:
        raise NotChecked(
            "Submissions do not carry the hash of the instrument they were made with.",
            "提交的数据未附带所用工具的哈希值。",
        )
    for item in done.instruments:
        wanted = registered.get(item.instrument_id)
        if wanted != item.sha256:
            known = Text(en=f"content {wanted[:12]}", zh=f"内容 {wanted[:12]}") if wanted else _NONE
            yield Deviation(
                f"instrument_differs.{item.instrument_id}.{item.sha256[:12]}",
                "instrument_differs",
                "measurement",
                Text(en=f"{item.instrument_id}: {known.en}", zh=f"{item.instrument_id}：{known.zh}"),
                Text(
                    en=f"content {item.sha256[:12]} in {item.files} files",
                    zh=f"{item.files} 份文件的内容为 {item.sha256[:12]}",
                ),
                item.files,
            )


def ai_version_outside(done: Done) -> Iterator[Deviation]:
    """Yield a version of an AI system that was in use and is outside the registered range."""
    cards = {item.id: item.ai_system for item in done.protocol.interventions if item.ai_system}
    if not cards:
        return
    if done.ai_versions is None:
        raise NotChecked("No version of the AI system was recorded.", "未登记人工智能系统的版本。")
    first: dict[str, str] = {}
    for item in done.ai_versions:
        card = cards.get(item.intervention_id)
        if card is None or not allowed(card, item.version, first.setdefault(item.intervention_id, item.version)):
            yield ai_deviation(item, card)


def allowed(card: AiSystem, version: str, first: str) -> bool:
    """Tell whether a version is within the registered range: one of the listed ones, where ``2.*`` matches any 2.

    Without a list a system that is not frozen may have any version, and a frozen one only that of the card or, when the card
    names none, the `first` that was in use.
    """
    if not card.version_range and card.update_policy != "frozen":
        return True
    listed = (*card.version_range, *filter(None, (card.model_version,))) or (first,)
    return any(fnmatchcase(version, pattern) for pattern in listed)


def ethics_expired(done: Done) -> Iterator[Deviation]:
    """Yield a zone in which files were taken in on days without an ethics decision in force."""
    if done.arrived is None:
        raise NotChecked("No file of a data source is on record.", "没有数据来源的文件记录。")
    by_zone: dict[str, list[Arrived]] = {}
    for item in done.arrived:
        if not _in_force(done, item):
            by_zone.setdefault(item.zone, []).append(item)
    for zone, found in sorted(by_zone.items()):
        files = sum(item.files for item in found)
        first, last = min(item.day for item in found), max(item.day for item in found)
        planned = Text(en=f"a decision in force in {zone}", zh=f"{zone} 有有效的伦理决定")
        ended = _why_none(counting(done.decisions, zone, date.fromisoformat(last)))
        yield Deviation(
            f"ethics_expired.{zone}",
            "ethics_expired",
            "measurement",
            planned,
            Text(
                en=f"{files} files taken in ({first} – {last}); {ended.en}",
                zh=f"接收 {files} 份文件（{first} – {last}）；{ended.zh}",
            ),
            files,
        )


def consent_missing(done: Done) -> Iterator[Deviation]:
    """Yield a source whose consent scope nobody is asked for, or which some linked persons have not given."""
    scoped = [item for item in done.protocol.data_sources if item.consent_scope]
    if not scoped:
        raise NotChecked("No data source names the consent scope that it needs.", "数据来源均未写明所需的同意范围。")
    asked = done.protocol.consent_plan.scopes if done.protocol.consent_plan else ()
    for item in scoped:
        if item.consent_scope not in asked:
            unasked = Text(en="the consent plan does not ask for it", zh="同意方案未包含此项")
            yield _without_consent(item, item.id, unasked)
    if done.consent_missing is None:
        raise NotChecked(
            "Consent of single persons is not held on the platform yet.", "平台尚未保存个人层面的同意记录。"
        )
    for item in scoped:
        count = done.consent_missing.get(item.id, 0)
        if count:
            linked = Text(en=f"{count} persons linked without it", zh=f"{count} 人未同意即被链接")
            yield _without_consent(item, f"{item.id}.persons", linked, count)


def _without_consent(item: DataSource, name: str, actual: Text, count: int | None = None) -> Deviation:
    planned = Text(
        en=f"consent to {item.consent_scope} for {item.id}", zh=f"{item.id} 需取得 {item.consent_scope} 同意"
    )
    return Deviation(f"consent_missing.{name}", "consent_missing", "measurement", planned, actual, count)


def ai_deviation(item: AiVersion, card: AiSystem | None) -> Deviation:
    """Return the deviation of a version that is outside the registered range."""
    listed = ", ".join((*card.version_range, *filter(None, (card.model_version,)))) if card else ""
    policy = f" ({card.update_policy})" if card else ""
    planned = Text(
        en=f"{item.intervention_id}: {listed or '–'}{policy}", zh=f"{item.intervention_id}：{listed or '–'}{policy}"
    )
    return Deviation(
        f"ai_version_outside.{item.intervention_id}.{item.version}",
        "ai_version_outside",
        "delivery",
        planned,
        Text(en=f"version {item.version} since {item.since[:10]}", zh=f"自 {item.since[:10]} 起为 {item.version} 版"),
    )


def _in_force(done: Done, item: Arrived) -> bool:
    day = date.fromisoformat(item.day)
    decision = counting(done.decisions, item.zone, day)
    return decision is not None and permits(decision, day)


def _why_none(decision: EthicsDecision | None) -> Text:
    if decision is None:
        return Text(en="none had begun", zh="尚无决定生效")
    if decision.decision == "refused":
        return Text(en=f"the last one, of {decision.date}, refused", zh=f"最近一项（{decision.date}）为不予批准")
    return Text(en=f"the last one ended on {decision.expires_on}", zh=f"最近一项于 {decision.expires_on} 到期")


_NONE = Text(en="no such instrument", zh="未登记此工具")
