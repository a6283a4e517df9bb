"""`zonelab concordance list | show | check`: what each harmonised variable was in each wave, and whether every wave is spoken of.

Belongs here: concordances as tables and JSON. Does not: what a concordance must say (data.concordance), writing its dbt models
(`python -m data.concordance.write`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, lines, table
from apps.cli.door import offer
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.concordance import Concordance, Variable
    from data.concordance.check import Finding

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A concordance's name, or the path of its YAML file.")
]
OptionalName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="A name or a path; none: all. 不填则检查全部。")
]


HEADS = (("name", "名称"), ("title", "标题"), ("variables", "变量数"), ("breaks", "断点数"), ("shown in", "所在面板"))


def show_list() -> Answer:
    """List the concordances that ship with the platform.

    列出随平台提供的变量对照表。
    """
    from data.concordance import load_concordances

    found = list(load_concordances().values())

    def show(out: Console, language: Language) -> None:
        rows = [
            [each.name, each.title.get(language), len(each.variables), _breaks(each), ", ".join(each.shown_in)]
            for each in found
        ]
        columns = [Text(en=en, zh=zh) for en, zh in HEADS]
        out.print(table(Text(en="Concordances", zh="变量对照表"), columns, rows, language))

    document = [
        {
            "name": each.name,
            "version": each.version,
            "title": each.title.model_dump(),
            "model": each.model,
            "shown_in": each.shown_in,
            "variables": [variable.name for variable in each.variables],
            "breaks": _breaks(each),
        }
        for each in found
    ]
    return Answer(document, show)


def show_one(name: NameArgument) -> Answer:
    """Show each variable with its rows: source, waves, transform, comparability, note; and where its series breaks.

    显示每个变量的各行：来源、轮次、转换、可比性与说明，以及断点。
    """
    from data.concordance import load_concordance

    found = load_concordance(name)

    def show(out: Console, language: Language) -> None:
        out.print(f"{found.name} {found.version} · {found.title.get(language)}", style="bold", markup=False)
        out.print(found.description.get(language), markup=False)
        for variable in found.variables:
            title = Text(en=f"{variable.name} · {variable.label.en}", zh=f"{variable.name} · {variable.label.zh}")
            out.print(table(title, _headings(), _rows(variable, language), language))
            for each in variable.breaks:
                said = Text(en=f"Break at {each.at}: {each.note.en}", zh=f"断点 {each.at}：{each.note.zh}")
                lines(said)(out, language)

    return Answer(found.model_dump(mode="json"), show)


def check(name: OptionalName = None) -> Answer:
    """Tell which waves no row speaks of, which codes or units do not fit, which breaks are not declared; exit code 1 if any.

    检查每个变量是否对每一轮都有说明，代码、单位与断点是否相符；有问题则退出码为 1。
    """
    from data.concordance import load_concordance, load_concordances
    from data.concordance.check import findings
    from data.concordance.write import drift
    from data.contracts import load_contracts

    shipped = load_concordances()
    asked = None if name is None else load_concordance(name)
    found = findings(shipped if asked is None else shipped | {asked.name: asked}, load_contracts())
    named = set(shipped) if asked is None else {asked.name}
    wrong = found if name is None else [each for each in found if each.concordance in named]
    old = drift(shipped) if name is None else []
    document: dict[str, Any] = {
        "ok": not wrong and not old,
        "checked": sorted(named),
        "findings": [{**asdict(each), "text": each.text.model_dump()} for each in wrong],
        "old_models": old,
    }

    return Answer(document, _checked(len(named), wrong, old), exit_code=0 if document["ok"] else 1)


def _checked(count: int, wrong: Sequence[Finding], old: Sequence[str]) -> Show:
    def show(out: Console, language: Language) -> None:
        if not wrong and not old:
            said = f"{count} concordances fit their contracts, wave by wave."
            lines(Text(en=said, zh=f"{count} 份对照表与数据约定逐轮相符。"))(out, language)
        if wrong:
            pairs = [("concordance", "对照表"), ("code", "代码"), ("where", "位置"), ("what to do", "处理办法")]
            rows = [[each.concordance, each.code, each.where, each.text.get(language)] for each in wrong]
            columns = [Text(en=en, zh=zh) for en, zh in pairs]
            out.print(table(Text(en="Does not fit", zh="不相符"), columns, rows, language))
        for path in old:
            told = Text(
                en=f"dbt_project/{path} is old: run python -m data.concordance.write.",
                zh=f"dbt_project/{path} 已过时：请运行 python -m data.concordance.write。",
            )
            lines(told)(out, language)

    return show


def _breaks(found: Concordance) -> int:
    return sum(len(variable.breaks) for variable in found.variables)


def _headings() -> list[Text]:
    pairs = [
        ("instance", "来源"),
        ("version", "工具版本"),
        ("waves", "轮次"),
        ("columns", "来源列"),
        ("transform", "转换"),
        ("comparability", "可比性"),
        ("why", "说明"),
    ]
    return [Text(en=en, zh=zh) for en, zh in pairs]


def _rows(variable: Variable, language: Language) -> list[list[object]]:
    from data.concordance.waves import told

    return [
        [
            row.instance,
            row.instrument,
            told(row.waves),
            ", ".join(row.sources),
            row.transform.kind if row.sources else "",
            row.comparability,
            row.note.get(language) if row.note else "",
        ]
        for row in variable.rows
    ]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="What each variable was in each wave. 变量对照表。", pretty_exceptions_enable=False)
    offer(group, "list")(show_list)
    offer(group, "show")(show_one)
    offer(group, "check")(check)
    app.add_typer(group, name="concordance")
