"""`zonelab assign`: commit to a frame and a seed, draw, and reveal; once, on record.

Belongs here: arguments, reading the frame's file, the answer. Does not: drawing or sealing (experiments.design).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, table
from apps.cli.door import offer
from apps.cli.files import UserOption, existing
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.design.draws import DrawRecord
    from experiments.registry.store import Registry

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="An experiment, such as SE-2026-0001.")]
FrameOption = Annotated[
    Path | None,
    typer.Option(
        "--frame", metavar="FILE", help="Who is drawn: CSV, XLSX or Parquet, one row a unit. Commits, then draws."
    ),
]
RevealOption = Annotated[
    bool, typer.Option("--reveal", help="Show seed and nonce of what is drawn, so that anybody can repeat it.")
]
AbandonOption = Annotated[
    str | None,
    typer.Option(
        "--abandon", metavar="REASON", help="Give up a commitment whose seed is lost; the reason stays on record."
    ),
]


def assign(
    experiment: IdArgument,
    actor: UserOption,
    frame: FrameOption = None,
    reveal: RevealOption = False,  # noqa: FBT002 - a switch on the command line
    abandon: AbandonOption = None,
) -> Answer:
    """Draw and seal the assignment of a registered experiment: commit (--frame), draw, and afterwards --reveal."""
    from apps.cli.workspace import opened
    from experiments.design import sealing
    from experiments.design.reading import read_units
    from experiments.registry.store import Registry

    place, _ = opened()
    registry = Registry.open(place)
    if abandon is not None:
        sealing.abandon(registry, experiment, reason=abandon, actor=actor)
    if frame is not None:
        spec = sealing.declared(sealing.registered(registry, experiment).protocol)
        sealing.commit(registry, experiment, read_units(existing(frame), spec), actor=actor)
    waits = any(draw.waits for draw in sealing.draws(registry, experiment))
    if waits or (abandon is None and not reveal):
        sealing.draw(registry, experiment, actor=actor)
    if reveal:
        sealing.reveal(registry, experiment, actor=actor)
    return answered(registry, experiment)


def answered(registry: Registry, experiment: str) -> Answer:
    """Return the newest draw with its balance table."""
    from experiments.design import sealing

    newest = sealing.draws(registry, experiment)[-1]
    document: dict[str, Any] = {
        "experiment_id": experiment,
        "version": newest.version,
        "assignment_sha256": newest.assignment_sha256,
        "seed_commitment": newest.seed_commitment,
        "frame_sha256": newest.frame_sha256,
        "committed_at": newest.committed_at,
        "drawn_at": newest.drawn_at,
        "revealed_at": newest.revealed_at,
        "seed": newest.seed,
        "nonce": newest.nonce,
        **_drawn(registry, experiment, newest),
    }
    return Answer(document, shown(document))


def _drawn(registry: Registry, experiment: str, newest: DrawRecord) -> dict[str, Any]:
    from experiments.design.balance import balance_of

    if newest.drawn_at is None:
        return {"arms": {}, "balance": [], "warnings": []}
    found = balance_of(registry, experiment, newest)
    return {"arms": found.counts, "balance": [row.document() for row in found.rows], "warnings": list(found.warnings)}


BALANCE = {
    "covariate": Text(en="covariate", zh="协变量"),
    "level": Text(en="level", zh="水平"),
    "arm": Text(en="arm", zh="组"),
    "reference": Text(en="beside", zh="对照"),
    "mean": Text(en="mean", zh="均值"),
    "mean_reference": Text(en="mean beside", zh="对照均值"),
    "std_difference": Text(en="std. difference", zh="标准化差异"),
    "variance_ratio": Text(en="variance ratio", zh="方差比"),
    "missing": Text(en="missing", zh="缺失"),
}
"""Columns of the balance table and their heads."""


def shown(document: dict[str, Any]) -> Show:
    """Return the draw for people."""
    d = document

    def show(out: Console, language: Language) -> None:
        for text in _sentences(d):
            out.print(text.get(language), markup=False)
        if d["balance"]:
            title = Text(en="Balance of the baseline", zh="基线平衡")
            rows = [[row[name] for name in BALANCE] for row in d["balance"]]
            out.print(table(title, list(BALANCE.values()), rows, language))
        for warning in d["warnings"]:
            out.print(f"! {warning['code']}: {warning['message'][language]}", markup=False)

    return show


def _sentences(d: dict[str, Any]) -> list[Text]:
    counts = ", ".join(f"{arm} {number}" for arm, number in d["arms"].items())
    told = [
        Text(
            en=f"{d['experiment_id']} {d['version']}: committed {d['seed_commitment']}",
            zh=f"{d['experiment_id']} {d['version']}：承诺值 {d['seed_commitment']}",
        )
    ]
    if d["drawn_at"]:
        told.append(
            Text(
                en=f"Drawn: {counts}. Assignment {d['assignment_sha256']}",
                zh=f"已抽取：{counts}。分配 {d['assignment_sha256']}",
            )
        )
    if d["revealed_at"]:
        told.append(
            Text(
                en=f"Seed {d['seed']}, nonce {d['nonce']}: repeat the draw with them.",
                zh=f"种子 {d['seed']}，随机串 {d['nonce']}：可据此重复抽取。",
            )
        )
    return told


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "assign")(assign)
