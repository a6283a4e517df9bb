"""`zonelab release codebook`: what each variable of a release is, asks, holds and comes from.

Belongs here: arguments, what was written. Does not: who may, what is recorded (experiments.codebooks), the book
(quality.codebook).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import offer
from apps.cli.protocol_arguments import one_of, registry_opened
from apps.cli.release_exports import OutOption, ReleaseArgument, TablesOption, UserOption
from data.messages import Text

BookFormatOption = Annotated[str, typer.Option("--format", metavar="F", help="html, json or csv. 格式。")]


def codebook(
    release_id: ReleaseArgument,
    file_format: BookFormatOption = "html",
    out: OutOption = None,
    tables: TablesOption = None,
    actor: UserOption = "command-line",
) -> Answer:
    """Write the codebook of a release: a page in each language, one JSON document, or three CSV tables.

    Counts of few people or organisations are held back. It is recorded, and a reading of the outcomes that it tells of.

    生成发布版本的变量编码本：中英文网页、JSON 或 CSV；单位过少的数字不显示；生成会记入账本，并视为读取其中的结局数据。
    """
    from data.releases import load_release
    from experiments.codebooks import WantedBook, write_codebook
    from quality.codebook.write import BookFormat

    asked: BookFormat = one_of("format", file_format, BookFormat)
    registry = registry_opened()
    release = load_release(registry.workspace, release_id)
    folder = out or Path(f"{release.release_id}-codebook-{asked}")
    done = write_codebook(registry, WantedBook(release.release_id, asked, folder, tuple(tables or ())), actor=actor)
    held = sum(entry.shown.holds_back for table in done.book.tables for entry in table.entries)
    count = sum(len(table.entries) for table in done.book.tables)
    names = [path.name for path in done.files]
    document = {
        "release_id": release.release_id,
        "folder": str(done.files[0].parent),
        "files": names,
        "tables": [table.name for table in done.book.tables],
        "variables": count,
        "variables_with_numbers_held_back": held,
    }
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if release.simulated else Text(en="", zh="")
    told = Text(
        en=f"{count} variables in {len(done.book.tables)} tables{marked.en}; small cells held back in {held}.",
        zh=f"{len(done.book.tables)} 张表共 {count} 个变量{marked.zh}；{held} 个变量有小单元格未显示。",
    )
    where = Text(
        en=f"Written to {done.files[0].parent}: {', '.join(names)}",
        zh=f"已写入 {done.files[0].parent}：{'、'.join(names)}",
    )
    return Answer(document, lines(where, told))


def register(group: typer.Typer) -> None:
    """Add the command to the group `release`."""
    offer(group, "codebook")(codebook)
