"""`zonelab contract infer | from-xlsform | template`: a contract from a file or a form, and the workbook that staff fill in.

Belongs here: arguments, writing the result where the user says. Does not: drafting (quality.drafting, data.forms), the template
(data.contracts.template).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, lines
from apps.cli.contracts import ContractArgument
from apps.cli.door import offer
from apps.cli.files import existing
from data.messages import Text, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.forms import Draft

YAML = (".yml", ".yaml")
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Any file that the gate reads.")]
FormArgument = Annotated[Path, typer.Argument(metavar="FORM", help="An XLSForm workbook (.xlsx or .xls).")]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="NAME", help="The contract's name: letters, digits, _; none: as -o or the file is called."
    ),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", metavar="COLUMNS", help="Columns that identify a row, separated by commas.")
]
OutOption = Annotated[Path | None, typer.Option("-o", "--out", metavar="PATH", help="Where the result is written.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="CONTRACT", help="The contract of earlier waves, by name or path.")
]
WaveOption = Annotated[str | None, typer.Option("--wave", metavar="W", help="The first wave asked with this form.")]


def infer(file: FileArgument, name: NameOption = None, key: KeyOption = None, out: OutOption = None) -> Answer:
    """Draft a contract from a file: types, codes, dates, key; the gate has tried it on the file. A human finishes it."""
    from quality.drafting import infer_contract

    draft = infer_contract(existing(file), _identifier(name, out, file), key=_listed(key))
    return _written([draft], _places([draft], out))


def from_xlsform(
    form: FormArgument,
    name: NameOption = None,
    out: OutOption = None,
    since: SinceOption = None,
    wave: WaveOption = None,
) -> Answer:
    """Draft contracts from a form: one for the submissions, one for each repeat. With --since, a new instrument version."""
    from data.contracts import load_contract
    from data.forms import draft_contracts, draft_next_version, read_form

    if (since is None) != (wave is None):
        raise WrongUsage("E-USAGE-31", Text(en="Say --since and --wave together.", zh="--since 和 --wave 须同时给出。"))
    read = read_form(existing(form))
    drafts = draft_contracts(read, _identifier(name, out, form))
    if since is not None and wave is not None:
        drafts = [draft_next_version(load_contract(since), drafts[0], wave), *drafts[1:]]
    return _written(drafts, _places(drafts, out))


def template(name: ContractArgument, out: OutOption = None) -> Answer:
    """Write the workbook that staff fill in: both languages, drop-downs, ids and dates as text, the version inside."""
    from data.contracts import load_contract
    from data.contracts.template import template_bytes, template_columns
    from data.durable import write_bytes

    contract = load_contract(name)
    path = _free(out or Path(f"{contract.name}_{contract.version}.xlsx"))
    write_bytes(path, template_bytes(contract))
    columns = len(template_columns(contract))
    said = Text(
        en=f"Written: {path} ({columns} columns, {contract.name} {contract.version}).",
        zh=f"已写入：{path}（{columns} 列，{contract.name} {contract.version}）。",
    )
    document = {"contract": contract.name, "version": contract.version, "columns": columns, "path": str(path)}
    return Answer(document, lines(said))


def _identifier(name: str | None, out: Path | None, source: Path) -> str:
    """Return the name that was given, or one made from where the draft goes or from what it is drafted from."""
    if name is None:
        plain = re.sub(r"[^a-z0-9]+", "_", (out if out and out.suffix in YAML else source).stem.lower()).strip("_")
        name = plain if plain[:1].isalpha() else f"draft_{plain}".rstrip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise WrongUsage(
            "E-USAGE-32",
            Text(
                en=f"--name {name}: use lower-case letters, digits and underscores.",
                zh=f"--name {name}：请用小写字母、数字和下划线。",
            ),
        )
    return name


def _listed(key: str | None) -> list[str]:
    return [part.strip() for part in (key or "").split(",") if part.strip()]


def _places(drafts: Sequence[Draft], out: Path | None) -> list[Path]:
    """Return where drafts go: the first to the file that `out` names, the others beside it; or all into the folder."""
    is_file = out is not None and out.suffix in YAML
    folder = out.parent if out is not None and is_file else out or Path()
    paths = [folder / f"{draft.contract.name}.yml" for draft in drafts]
    return [_free(path) for path in ([out, *paths[1:]] if out is not None and is_file else paths)]


def _free(path: Path) -> Path:
    """Return a path where nothing is: a finished contract is hand work, which no draft replaces."""
    if path.exists():
        raise WrongUsage(
            "E-USAGE-33",
            Text(en=f"{path} is there already; choose another with -o.", zh=f"{path} 已存在；请用 -o 另选位置。"),
        )
    return path


def _written(drafts: Sequence[Draft], paths: Sequence[Path]) -> Answer:
    from data.durable import write_text

    for draft, path in zip(drafts, paths, strict=True):
        write_text(path, draft.yaml)
    document: list[dict[str, Any]] = [
        {
            "contract": draft.contract.name,
            "path": str(path),
            "columns": len(draft.contract.columns),
            "key": draft.contract.key,
            "notes": [note.model_dump() for note in draft.notes],
        }
        for draft, path in zip(drafts, paths, strict=True)
    ]
    told: list[Text] = []
    for draft, path in zip(drafts, paths, strict=True):
        told.append(Text(en=f"Written: {path}", zh=f"已写入：{path}"))
        told.extend(Text(en=f"  {note.en}", zh=f"  {note.zh}") for note in draft.notes)
    return Answer(document, lines(*told))


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group `contract`."""
    offer(group, "infer")(infer)
    offer(group, "from-xlsform")(from_xlsform)
    offer(group, "template")(template)
