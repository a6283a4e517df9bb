"""`zonelab protocol check / list / show / history / export`: what one reads of protocols; nothing is changed.

Belongs here: arguments, one call of a documented function each. Does not: acts (protocols), what may be seen (visibility), tables
(protocol_tables).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import offer
from apps.cli.files import existing
from apps.cli.protocol_arguments import (
    IdArgument,
    ProtocolArgument,
    ReaderOption,
    VersionArgument,
    registry_opened,
    split_version,
)
from apps.cli.protocol_tables import (
    history_shown,
    list_shown,
    problems_shown,
    reviews_shown,
    version_shown,
)
from data.messages import Text, WrongUsage

if TYPE_CHECKING:
    from experiments.registry.store import Registry

STAGES = ("S", "R", "L")
StageOption = Annotated[
    str, typer.Option("--stage", metavar="S|R|L", help="Complete enough to submit, to register, to launch?")
]
FormatOption = Annotated[
    str,
    typer.Option("--format", metavar="FORMAT", help="html, markdown, json, aea, osf, ctgov, or bundle (all there is)."),
]
OutOption = Annotated[
    Path | None, typer.Option("-o", metavar="FILE", help="Where to; none: ID-VERSION.* here; - for stdout.")
]
FullOption = Annotated[
    bool, typer.Option("--full", help="With the fields that are not public, for those who may see them.")
]


def check(file: ProtocolArgument, stage: StageOption = "R") -> Answer:
    """List what is wrong with a protocol, each problem with the path of the field. Exit code 1 if anything is."""
    from experiments.registry.check import check_protocol
    from experiments.registry.summary import problems_document

    if stage not in STAGES:
        raise WrongUsage("E-USAGE-14", Text(en="--stage takes one of S, R, L.", zh="--stage 的取值：S、R、L。"))
    problems = check_protocol(existing(file), stage)  # type: ignore[arg-type] # just looked at
    ok = all(problem.severity != "error" for problem in problems)
    listed = problems_document(problems)
    return Answer({"ok": ok, "problems": listed}, problems_shown(ok, listed, stage), exit_code=0 if ok else 1)


def list_all(reader: ReaderOption = None) -> Answer:
    """List the experiments on record, their state and who must act; without --as, those that are public."""
    from experiments.registry.reading import listed

    rows = listed(registry_opened(), reader)
    return Answer(rows, list_shown(rows))


def show(version: VersionArgument, reader: ReaderOption = None) -> Answer:
    """Show one version: each section with what is filled and what is missing; fields that you may not see are named."""
    from experiments.registry.reading import version_document

    document = version_document(registry_opened(), *split_version(version), reader)
    return Answer(document, version_shown(document))


def history(experiment_id: IdArgument, reader: ReaderOption = None) -> Answer:
    """Show what was done, by whom, when; and what must happen now."""
    from experiments.registry.reading import history_document

    document = history_document(registry_opened(), experiment_id, reader)
    return Answer(document, history_shown(document))


def export(
    version: VersionArgument,
    form: FormatOption = "html",
    out: OutOption = None,
    reader: ReaderOption = None,
    full: FullOption = False,  # noqa: FBT002 - an option of the command line
) -> Answer:
    """Write one version in another registry's form, as a readable page, or as the document itself."""
    from experiments.registry.exchange.of_record import export_version

    name, number = split_version(version)
    registry = registry_opened()
    if form == "bundle":
        return _bundle(registry, out, reader, full=full)
    made = export_version(registry, name, number, form=form, reader=reader, full=full)
    if str(out) == "-":
        return Answer(made.document(None), lambda _out, _language: _raw(made.text))
    target = out or Path(made.file_name)
    target.write_text(made.text, encoding="utf-8")
    said = Text(en=f"Written: {target}", zh=f"已写入：{target}")
    return Answer(made.document(target), lines(said))


def _raw(text: str) -> None:
    sys.stdout.write(text)


def _bundle(registry: Registry, out: Path | None, reader: str | None, *, full: bool) -> Answer:
    from experiments.registry.exchange.bundle import export_registry

    document = export_registry(registry, out or Path("registry-bundle"), reader=reader, full=full)
    where, head = document["path"], document["head"]["hash"]
    said = Text(
        en=f"Written: {where}. The script inside it proves it anywhere; publish its head {head}.",
        zh=f"已写入：{where}。可用其中的脚本在任何地方验证；请公布其末端哈希 {head}。",
    )
    return Answer(document, lines(said))


def reviews(registry: Registry, experiment_id: str, reader: str) -> Answer:
    """Return the votes and comments of an experiment's newest version, as far as `reader` may see them."""
    from experiments.registry.reading import reviews_document

    document = reviews_document(registry, experiment_id, reader)
    return Answer(document, reviews_shown(document))


def register(group: typer.Typer) -> None:
    """Add the commands to the protocol group."""
    offer(group, "check")(check)
    offer(group, "list")(list_all)
    offer(group, "show")(show)
    offer(group, "history")(history)
    offer(group, "export")(export)
