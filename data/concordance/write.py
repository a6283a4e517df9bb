"""What a concordance is compiled to: a dbt model each, their declarations, and the seed behind `dim_concordance`.

Belongs here: concordances → files of dbt_project, and the comparison of both. Does not: expressions (sql). Write them with
`python -m data.concordance.write`; files that nobody wrote anew make the check of the house and the build of the panels fail.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from data.concordance.check import require
from data.concordance.load import load_concordances
from data.concordance.model import Break, Concordance, Row, Variable
from data.concordance.sql import COMPARED, STATUS, columns_of, model_sql
from data.concordance.waves import runs
from data.contracts import load_contracts
from data.durable import write_text
from data.messages import PlatformFailed, Text
from data.settings import REPOSITORY

MODELS = Path("models") / "intermediate" / "harmonised"
SEED = Path("seeds") / "concordance.csv"
PROJECT = REPOSITORY / "dbt_project"
HEADER = (
    "panel", "variable", "instance", "instrument_version", "wave_first", "wave_last", "contract", "sources", "transform",
    "comparability", "note_en", "note_zh", "break_kind", "break_note_en", "break_note_zh",
)  # fmt: skip
ANY = "*"
"""In place of first and last wave: every wave of the instrument version that no other row names."""


def compiled(concordances: Mapping[str, Concordance]) -> dict[Path, str]:
    """Return path inside the dbt project → text, for every file that follows from the concordances."""
    files = {MODELS / f"{each.model}.sql": model_sql(each) for each in concordances.values()}
    files[MODELS / "_harmonised.yml"] = _declarations(concordances)
    files[SEED] = _seed(concordances)
    return files


def drift(concordances: Mapping[str, Concordance], project: Path = PROJECT) -> list[str]:
    """Return the files that are not what the concordances say, those that no concordance makes included."""
    wanted = compiled(concordances)
    found = {path.relative_to(project) for path in (project / MODELS).glob("*") if path.is_file()} | {SEED}
    return sorted(
        path.as_posix()
        for path in {*wanted, *found}
        if not (project / path).is_file() or (project / path).read_text(encoding="utf-8") != wanted.get(path)
    )


def require_compiled(project: Path = PROJECT) -> None:
    """Refuse to build panels from models that do not follow from the concordances, or from concordances that do not fit.

    Raises
    ------
    Refused
        E-CONC-03: a concordance does not fit its contracts.
    PlatformFailed
        E-CONC-04: the compiled files are old.
    """
    concordances = load_concordances()
    require(concordances, load_contracts())
    old = drift(concordances, project)
    if old:
        listed = ", ".join(old)
        raise PlatformFailed(
            "E-CONC-04",
            Text(
                en=f"{listed} are not what data/concordance says; run `python -m data.concordance.write`.",
                zh=f"{listed} 与 data/concordance 不一致；请运行 python -m data.concordance.write。",
            ),
        )


def write(project: Path = PROJECT) -> list[str]:
    """Write the files that are old, remove those that no concordance makes; return their paths."""
    concordances = load_concordances()
    require(concordances, load_contracts())
    old, wanted = drift(concordances, project), compiled(concordances)
    for path in old:
        if Path(path) in wanted:
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            write_text(project / path, wanted[Path(path)])
        else:
            (project / path).unlink()
    return old


def _seed(concordances: Mapping[str, Concordance]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for found in concordances.values():
        for panel in found.shown_in or (found.model,):
            for variable in found.variables:
                for row in variable.rows:
                    writer.writerows(_seed_rows(found, panel, variable, row))
    return text.getvalue()


def _seed_rows(found: Concordance, panel: str, variable: Variable, row: Row) -> Iterator[list[str]]:
    """Yield one line per run of waves; the break stands in the line that begins with it."""
    instance = found.instance(row.instance)
    waves = row.waves or ((instance.fixed,) if instance.fixed is not None else ())
    breaks: dict[str, Break] = {each.at: each for each in variable.breaks} if row.sources else {}
    note = row.note or Text(en="", zh="")
    for first, last in runs(waves) or [(ANY, ANY)]:
        broken = breaks.get(first)
        said = ["", "", ""] if broken is None else [broken.kind, broken.note.en, broken.note.zh]
        yield [
            panel, variable.name, row.instance, row.instrument, first, last, instance.contract, " ".join(row.sources),
            row.transform.kind if row.sources else "none", row.comparability, note.en, note.zh, *said,
        ]  # fmt: skip


def _declarations(concordances: Mapping[str, Concordance]) -> str:
    head = "# Made from data/concordance by `python -m data.concordance.write`; change those files.\nversion: 2\n\nmodels:\n"
    return head + "".join(_declaration(found) for found in concordances.values())


def _declaration(found: Concordance) -> str:
    labels = {variable.name: variable.label.en for variable in found.variables}
    said = {"instance": "Source that the row comes from"}
    for name in (*found.key, *found.carried):
        said[name] = "Wave" if name == found.wave else "As in the source"
    for name, label in labels.items():
        said[name], said[name + STATUS] = label, f"Why {name} is absent; 0 where it is there"
        said[name + COMPARED] = f"How {name} compares with its definition in that wave"
    spoken = " and ".join(f"{name}{COMPARED} is not null" for name in labels)
    reasoned = " and ".join(f"({name} is null) = ({name}{STATUS} <> 0)" for name in labels)
    lines = [
        f"  - name: {found.model}",
        f'    description: "{found.title.en}, harmonised (data/concordance/{found.name}.yml)."',
        "    data_tests:",
        "      - unique_combination:",
        f"          arguments: {{columns: [{', '.join(('instance', *found.key))}]}}",
        "      - holds:",
        f"          name: {found.model}_has_a_row_for_every_wave",
        f"          description: A wave has no row in data/concordance/{found.name}.yml; add one, or not_available and why.",
        f'          arguments: {{condition: "{spoken}"}}',
        "      - holds:",
        f"          name: {found.model}_absent_has_a_reason",
        f'          arguments: {{condition: "{reasoned}"}}',
        "    columns:",
        *(f'      - {{name: {name}, description: "{said[name]}"}}' for name in columns_of(found)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write("\n".join(write() or ["nothing to write"]) + "\n")
