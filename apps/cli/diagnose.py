"""`zonelab diagnose`: what a declared design is worth, before any data exist.

Belongs here: arguments, progress, the table of diagnosands. Does not: simulating and judging (experiments.design).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, say, table
from apps.cli.door import language, offer
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.design.diagnosis import AnalysisDiagnosis, Diagnosis
    from experiments.registry.check import ProtocolProblem
    from experiments.registry.protocol import Protocol
    from experiments.registry.store import Registry

ProtocolArgument = Annotated[
    str, typer.Argument(metavar="PROTOCOL", help="A protocol in YAML, or the id SE-yyyy-nnnn.")
]
SimsOption = Annotated[
    int | None,
    typer.Option("--sims", metavar="N", help="Simulated experiments; default: as many as registration needs."),
]
ActorOption = Annotated[str | None, typer.Option("--as", metavar="USER", help="Who diagnoses; nobody: the platform.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Equal seeds, equal numbers.")]

ID = re.compile(r"^SE-\d{4}-\d{4}$")
SHOWN = {
    "power": Text(en="power", zh="功效"),
    "power_sesoi_adjusted": Text(en="at SESOI", zh="最小关注效应处"),
    "bias": Text(en="bias", zh="偏差"),
    "rmse": Text(en="RMSE", zh="均方根误差"),
    "coverage": Text(en="coverage", zh="覆盖率"),
    "type_s": Text(en="type S", zh="S 型错误"),
    "exaggeration": Text(en="exaggeration", zh="夸大倍数"),
    "mde": Text(en="MDE", zh="最小可检效应"),
}
STEPS = 10


def diagnose(
    protocol: ProtocolArgument, sims: SimsOption = None, seed: SeedOption = 1, actor: ActorOption = None
) -> Answer:
    """Simulate a protocol's model, assignment and analyses: power, bias, coverage, MDE. Exit code 1 if not computable.

    The diagnosis of an experiment on record (by its id) is put on record too, unless `--sims` is below what registration needs.
    """
    from experiments.design.diagnose import diagnose as simulate
    from experiments.design.diagnosis import SIMULATIONS
    from experiments.design.gates import gates

    declared, registry = _declared(protocol)
    made = simulate(declared, sims=SIMULATIONS if sims is None else sims, seed=seed, progress=_progress())
    document = made.to_dict()
    if registry is not None:
        document["document"] = _recorded(registry, made, actor)
    problems = gates(declared, made)
    document["problems"] = [
        {"path": p.path, "severity": p.severity, "message": p.message.model_dump()} for p in problems
    ]
    failed = any(problem.severity == "error" for problem in problems)
    return Answer(document, _shown(made, problems), exit_code=1 if failed else 0)


def _declared(protocol: str) -> tuple[Protocol, Registry | None]:
    """Return the protocol of a file, or the version in preparation (else the newest) of an experiment on record."""
    from experiments.registry.protocol import load_protocol

    if not ID.match(protocol):
        return load_protocol(Path(protocol)), None
    from apps.cli.protocol_arguments import registry_opened

    registry = registry_opened()
    record = registry.record(protocol)
    version = record.open or record.current or record.versions[-1]
    return version.protocol, registry


def _recorded(registry: Registry, made: Diagnosis, actor: str | None) -> str | None:
    """Put a diagnosis on record and return its document's hash; None when it rests on too few simulations to count."""
    from data.access import PLATFORM
    from experiments.design.diagnosis import SIMULATIONS
    from experiments.registry.acts import record_diagnosis

    if made.sims < SIMULATIONS:
        few = Text(
            en=f"Not put on record: that needs {SIMULATIONS:,} simulations.",
            zh=f"未存档：存档需要 {SIMULATIONS:,} 次模拟。",
        )
        say(few, language())
        return None
    return record_diagnosis(
        registry,
        made.experiment_id,
        diagnosis=made.to_dict(),
        design_hash=made.design_hash,
        actor=actor or PLATFORM,
    )


def _progress() -> Any:  # noqa: ANN401 - a callback
    told = {0}

    def report(done: int, of: int) -> None:
        step = STEPS * done // of
        if step not in told:
            told.add(step)
            say(Text(en=f"{done:,} of {of:,} simulations", zh=f"已完成 {done:,}/{of:,} 次模拟"), language())

    return report


def _shown(made: Diagnosis, problems: list[ProtocolProblem]) -> Show:
    def show(out: Console, chosen: Language) -> None:
        title = Text(
            en=f"{made.experiment_id} v{made.version} · {made.sims:,} simulations, seed {made.seed}, assigned: {made.assignment}",
            zh=f"{made.experiment_id} v{made.version} · {made.sims:,} 次模拟，种子 {made.seed}，分配：{made.assignment}",
        )
        columns = [Text(en="analysis", zh="分析"), Text(en="truth", zh="真值"), *SHOWN.values()]
        out.print(table(title, columns, [_row(item) for item in made.analyses], chosen))
        note = Text(en="In brackets: Monte-Carlo standard errors.", zh="括号内为蒙特卡罗标准误。")
        out.print(note.get(chosen), markup=False)
        for problem in problems:
            out.print(f"! {problem.path}: {problem.message.get(chosen)}", markup=False)

    return show


def _row(item: AnalysisDiagnosis) -> list[object]:
    truth = "" if item.truth is None else f"{item.truth:.3g}"
    return [item.analysis_id, truth, *(_cell(item, name) for name in SHOWN)]


def _cell(item: AnalysisDiagnosis, name: str) -> str:
    found = item.value(name)
    return "" if found.value is None else f"{found.value:.3f} ({found.mc_se:.3f})"


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "diagnose")(diagnose)
