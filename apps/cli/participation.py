"""`zonelab weights`, `zonelab participation`: weights for any waves, and who took part.

Belongs here: arguments, tables. Does not: how weights and rates come about (experiments.weights, experiments.participation).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, lines, table
from apps.cli.differences import in_turn
from apps.cli.door import offer
from apps.cli.files import existing
from apps.cli.protocol_arguments import only_one, registry_opened
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC.yml", help="A declared weight. 权重声明。")]
ReleaseOption = Annotated[str | None, typer.Option("--release", metavar="ID", help="A release, or latest. 发布版本。")]
TableOption = Annotated[str, typer.Option("--table", metavar="T", help="The released panel. 面板。")]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="FILE", help="A file of one's own instead. 自备数据文件。")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="A new folder. 新文件夹。")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]
ExperimentOption = Annotated[
    str | None,
    typer.Option("--experiment", metavar="ID", help="Adds differential attrition by its arms. 附加按组别的差异流失。"),
]
RATES = ("rr1", "rr2", "rr5", "coop3", "ref1", "con1")


def weights(
    spec: SpecArgument,
    out: OutOption,
    release: ReleaseOption = None,
    panel: TableOption = "panel_individual_wave",
    data: DataOption = None,
    actor: UserOption = "command-line",
) -> Answer:
    """Make the weight of a declaration from a released panel or a file: Parquet, CSV, and the record as JSON.

    按声明生成权重：来自发布版本或自备文件，输出 Parquet、CSV 与记录（JSON）。
    """
    from experiments.weighing import weigh_file, weigh_release
    from experiments.weights.spec import load_weight_spec

    declared = load_weight_spec(existing(spec))
    if only_one(release=release, data=data) == "data" and data is not None:
        made = weigh_file(declared, existing(data), out)
    elif release is not None:
        made = weigh_release(registry_opened(), declared, release, panel, out, actor=actor)
    else:
        raise WrongUsage("E-USAGE-16", Text(en="Name --release or --data.", zh="请指定 --release 或 --data。"))
    return Answer({"folder": str(out), **made.record}, _made(made.record, out))


def _made(record: dict[str, Any], out: Path) -> Show:
    size, deff = record["n_weighted"], record["design_effect"]
    head = Text(
        en=f"{record['weight_id']} in {out}: {size:,} of {record['n_in_scope']:,} units weighted, effective n "
        f"{record['effective_n']:,.0f}, design effect {deff:.2f}.",
        zh=f"{record['weight_id']} 已写入 {out}：{record['n_in_scope']:,} 个单位中 {size:,} 个有权重，有效样本量 "
        f"{record['effective_n']:,.0f}，设计效应 {deff:.2f}。",
    )

    def show(out: Console, language: Language) -> None:
        pairs = [("wave", "轮次"), ("at risk", "应响应"), ("responded", "已响应"), ("model", "模型")]
        columns = [Text(en=en, zh=zh) for en, zh in [*pairs, ("columns", "变量"), ("pseudo R²", "伪 R²")]]
        names = ("wave", "n_at_risk", "n_responded", "method", "terms", "pseudo_r_squared")
        rows = [[_cell(step[name]) for name in names] for step in record["steps"]]
        out.print(table(Text(en="Response", zh="响应"), columns, rows, language))

    return in_turn(lines(head), show)


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def participation(release: ReleaseOption = "latest", experiment: ExperimentOption = None) -> Answer:
    """Tell who took part: AAPOR rates and retention by zone and wave, differential attrition by arm; small numbers held back.

    参与情况：按试点区与轮次的 AAPOR 指标与保留率、按组别的差异流失；小数字不显示。
    """
    from data.releases import load_release
    from experiments.participation import of_release

    registry = registry_opened()
    found = load_release(registry.workspace, release or "latest")
    document: dict[str, Any] = {
        "release_id": found.release_id,
        "rates": of_release.rates_by_wave(found) if of_release.DISPOSITIONS in found.tables else [],
        "retention": {mart.name: of_release.retention_by_zone(found, mart) for mart in of_release.followed(found)},
    }
    if experiment is not None:
        record = registry.record(experiment)
        plan = (record.current or record.latest).protocol
        document["attrition"] = of_release.attrition_of(found, plan)
    return Answer(document, in_turn(_rates(document["rates"]), _retention(document["retention"]), _attrition(document)))


def _rates(rows: list[dict[str, Any]]) -> Show:
    if not rows:
        return lines(
            Text(
                en="The release has no sample file, so no outcome rates.", zh="该发布版本没有样本文件，无法计算结果率。"
            )
        )

    def show(out: Console, language: Language) -> None:
        pairs = [("zone", "试点区"), ("unit", "单位"), ("wave", "轮次"), ("issued", "发放")]
        heads = [Text(en=en, zh=zh) for en, zh in pairs]
        columns = [*heads, *(Text(en=name, zh=name) for name in RATES)]
        told = [
            [r["zone_id"], r["unit_type"], r["wave"], r["n_issued"], *(r["rates"][name] for name in RATES)]
            for r in rows
        ]
        out.print(table(Text(en="Outcome rates (AAPOR)", zh="结果率（AAPOR）"), columns, told, language))

    return show


def _retention(panels: dict[str, list[dict[str, Any]]]) -> Show:
    def show(out: Console, language: Language) -> None:
        for name, zones in panels.items():
            waves = sorted({wave["wave"] for zone in zones for wave in zone["waves"]})
            columns = [Text(en="zone", zh="试点区"), *(Text(en=str(wave), zh=str(wave)) for wave in waves)]
            told = [
                [zone["zone_id"], *(_percent({w["wave"]: w for w in zone["waves"]}.get(wave)) for wave in waves)]
                for zone in zones
            ]
            title = Text(en=f"Still seen, of those seen first · {name}", zh=f"仍访到的比例（以首次访到者计）· {name}")
            out.print(table(title, columns, told, language))

    return show


def _percent(wave: dict[str, Any] | None) -> str | None:
    return f"{wave['cumulative']:.1%}" if wave and wave["cumulative"] is not None else None


def _attrition(document: dict[str, Any]) -> Show:
    def show(out: Console, language: Language) -> None:
        for item in document.get("attrition", []):
            heads = ("term", "estimate", "std_error", "p_value", "conf_low", "conf_high")
            rows = [[row[name] for name in heads] for row in item["differences"]]
            joint = item["joint"]
            said = f"F({joint['df1']}, {joint['df2']:g}) = {joint['statistic']:.2f}, p = {joint['p_value']:.3f}"
            title = Text(en=f"Unseen, arm 1 less arm 0 · {said}", zh=f"未访到：处理组减对照组 · {said}")
            out.print(table(title, [Text(en=name, zh=name) for name in heads], rows, language))

    return show


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "weights")(weights)
    offer(app, "participation")(participation)
