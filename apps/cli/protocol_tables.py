"""Protocols for people: where an experiment stands, a version's sections, its history, its reviews, as tables.

Belongs here: drawing documents that the registry made. Does not: making them (experiments.registry), commands (protocols).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.cli.answer import Show, table
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.registry.records import Record

SHOWN = 72
"""Characters of a value that a terminal shows; --json and export have all of it."""


def standing(record: Record) -> dict[str, Any]:
    """Return where an experiment stands."""
    from experiments.registry.summary import summary

    return summary(record)


def standing_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of where an experiment stands and what must happen now."""

    def show(out: Console, language: Language) -> None:
        from experiments.registry.machines import PROTOCOL_VERSION

        state = PROTOCOL_VERSION.states[document["state"]].get(language)
        title = document["title"][language] or document["title"]["en"] or document["title"]["zh"]
        out.print(f"{document['experiment_id']} v{document['version']}: {state} · {title}", markup=False)
        _zones(document, out, language)
        steps_shown(document["next"], out, language)

    return show


def _zones(document: dict[str, Any], out: Console, language: Language) -> None:
    from experiments.registry.machines import OPERATIONAL

    by_status: dict[str, list[str]] = {}
    for zone, status in document["zones"].items():
        if status is not None:
            by_status.setdefault(status, []).append(zone)
    for status, zones in by_status.items():
        out.print(f"  {OPERATIONAL.states[status].get(language)}: {', '.join(zones)}", markup=False)


def steps_shown(steps: list[dict[str, Any]], out: Console, language: Language) -> None:
    """Print what must happen now, who must act, and by which command."""
    if not steps:
        out.print(Text(en="Nothing waits.", zh="没有待办事项。").get(language))
        return
    columns = [Text(en="what must happen now", zh="待办"), Text(en="who", zh="谁"), Text(en="command", zh="命令")]
    rows = [[step["what"][language], ", ".join(step["who"]) or step["role"], step["command"]] for step in steps]
    out.print(table(Text(en="Next", zh="下一步"), columns, rows, language))


_NOTHING = Text(
    en="Nothing on record that you may see. `zonelab protocol draft FILE --as USER` puts a protocol on record; experiments in "
    "preparation are shown to their team and reviewers: add --as USER.",
    zh="没有您可查看的记录。用 zonelab protocol draft FILE --as USER 提交草稿；准备中的实验仅团队与评审可见：请加 --as USER。",
)


def list_shown(rows: list[dict[str, Any]]) -> Show:
    """Return a `show` of all experiments."""

    def show(out: Console, language: Language) -> None:
        from experiments.registry.machines import PROTOCOL_VERSION

        if not rows:
            out.print(_NOTHING.get(language), markup=False)
            return
        pairs = [
            ("experiment", "实验"),
            ("version", "版本"),
            ("state", "状态"),
            ("title", "标题"),
            ("waits for", "等待"),
        ]
        lines = [
            [
                row["experiment_id"],
                row["version"],
                PROTOCOL_VERSION.states[row["state"]].get(language),
                row["title"][language] or row["title"]["en"],
                ", ".join(dict.fromkeys(who for step in row["next"] for who in (step["who"] or [step["role"]]))),
            ]
            for row in rows
        ]
        out.print(table(Text(en="Registry", zh="注册库"), [Text(en=e, zh=z) for e, z in pairs], lines, language))

    return show


def version_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of one version: each section with what is filled and what is missing."""

    def show(out: Console, language: Language) -> None:
        head = standing_shown(document["standing"])
        head(out, language)
        columns = [Text(en="field", zh="字段"), Text(en="", zh=""), Text(en="value", zh="内容")]
        for section in document["sections"]:
            rows = [
                [field["label"][language], _mark(field, language), _brief(field, language)]
                for field in section["fields"]
            ]
            out.print()
            title = f"{section['key']} · {section['title'][language]}"
            out.print(table(Text(en=title, zh=title), columns, rows, language))

    return show


def _mark(field: dict[str, Any], language: Language) -> str:
    if field["filled"] is None:
        return Text(en="withheld", zh="不公开").get(language)
    if field["filled"]:
        return "✓"
    needed = field["required_from"]
    return Text(en=f"missing ({needed})", zh=f"缺（{needed}）").get(language) if needed in ("D", "S", "R", "L") else "–"


def _brief(field: dict[str, Any], language: Language) -> str:
    text = str(field["text"][language]).replace("\n", " ") if field["text"] else ""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def history_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of the acts, oldest first."""

    def show(out: Console, language: Language) -> None:
        pairs = [("when (UTC)", "时间（UTC）"), ("act", "事项"), ("who", "谁"), ("role", "角色"), ("entry", "记录号")]
        rows = [
            [
                line["at"][:19].replace("T", " "),
                line["what"][language],
                line["actor"] or "·",
                line["role"],
                str(line["seq"]),
            ]
            for line in document["history"]
        ]
        title = Text(en=f"{document['experiment_id']}: history", zh=f"{document['experiment_id']}：历史")
        out.print(table(title, [Text(en=e, zh=z) for e, z in pairs], rows, language))
        steps_shown(document["next"], out, language)

    return show


def problems_shown(ok: bool, problems: list[dict[str, Any]], stage: str) -> Show:  # noqa: FBT001 - a finding, not a mode
    """Return a `show` of what is wrong with a protocol."""

    def show(out: Console, language: Language) -> None:
        if ok:
            out.print(Text(en=_FINE_EN[stage], zh=_FINE_ZH[stage]).get(language))
        if problems:
            columns = [Text(en="field", zh="字段"), Text(en="severity", zh="级别"), Text(en="what", zh="问题")]
            rows = [[item["path"], item["severity"], item["message"][language]] for item in problems]
            out.print(table(Text(en="Problems", zh="问题"), columns, rows, language))

    return show


_FINE_EN = {
    "S": "The protocol can be submitted.",
    "R": "The protocol can be registered.",
    "L": "The experiment can be launched.",
}
_FINE_ZH = {"S": "方案可以提交。", "R": "方案可以登记。", "L": "实验可以启动。"}


def reviews_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of votes and comments."""

    def show(out: Console, language: Language) -> None:
        votes = [[item["side"], item["reviewer"], item["vote"], item["at"][:19]] for item in document["votes"]]
        pairs = [("side", "方面"), ("reviewer", "评审"), ("vote", "投票"), ("when (UTC)", "时间（UTC）")]
        out.print(table(Text(en="Votes", zh="投票"), [Text(en=e, zh=z) for e, z in pairs], votes, language))
        if document["comments"]:
            rows = [[item["id"], item["path"], item["text"], item["answer"] or ""] for item in document["comments"]]
            pairs = [("comment", "意见"), ("field", "字段"), ("text", "内容"), ("answer", "回复")]
            out.print(table(Text(en="Comments", zh="意见"), [Text(en=e, zh=z) for e, z in pairs], rows, language))
        steps_shown(document["next"], out, language)

    return show


def amendment_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of an amendment: its class, each change, what it resets; then where the experiment stands."""

    def show(out: Console, language: Language) -> None:
        found = document["amendment"]
        head = Text(
            en=f"{found['from']} → {found['to']}: {found['class']}, phase {found['phase_at_change']}",
            zh=f"{found['from']} → {found['to']}：{found['class']}，阶段 {found['phase_at_change']}",
        )
        rows = [[item["path"], item["kind"], item["class"]] for item in found["changes"]]
        columns = [Text(en="field", zh="字段"), Text(en="change", zh="变化"), Text(en="class", zh="级别")]
        out.print(table(head, columns, rows, language))
        for side, sections in found["resets"].items():
            if sections:
                said = Text(
                    en=f"Reviewed again ({side}): {', '.join(sections)}",
                    zh=f"需重新评审（{side}）：{'、'.join(sections)}",
                )
                out.print(said.get(language), markup=False)
        if "experiment_id" in document:
            standing_shown(document)(out, language)

    return show


def ethics_shown(document: dict[str, Any]) -> Show:
    """Return a `show` of the ethics decision in force in each zone."""

    def show(out: Console, language: Language) -> None:
        pairs = [
            ("zone", "试点区"),
            ("decision", "决定"),
            ("board", "委员会"),
            ("number", "编号"),
            ("expires on", "有效期至"),
            ("in force", "有效"),
        ]
        rows = [
            [
                zone,
                item["decision"],
                item["board"],
                item["number"],
                item["expires_on"],
                "✓" if item["in_force"] else "✗",
            ]
            for zone, item in document["zones"].items()
            if item is not None
        ]
        missing = [zone for zone, item in document["zones"].items() if item is None]
        title = Text(en=f"{document['experiment_id']}: ethics", zh=f"{document['experiment_id']}：伦理")
        out.print(table(title, [Text(en=e, zh=z) for e, z in pairs], rows, language))
        if missing:
            said = Text(en=f"No decision for: {', '.join(missing)}", zh=f"尚无决定：{'、'.join(missing)}")
            out.print(said.get(language), markup=False)

    return show
