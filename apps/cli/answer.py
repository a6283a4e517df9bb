"""What a command hands back: a JSON document, the same thing for people, an exit code.

Belongs here: the `Answer`, the way it is printed, progress lines. Does not: what is in it (the commands), errors (door).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PAPER_WIDTH = 140
"""Columns where no terminal says how wide it is."""

Show = Callable[["Console", Language], None]


@dataclass(frozen=True)
class Answer:
    """The result of a command.

    `document` is printed with ``--json``; `show` prints the same for people. `exit_code` 1 means that the thing checked is
    not acceptable (the document is still the command's own). `after` runs once the answer is out (`serve` waits there).
    """

    document: Any
    show: Show
    exit_code: int = 0
    after: Callable[[], None] | None = None


def give(answer: Answer, *, as_json: bool, language: Language) -> int:
    """Print an answer on stdout and return its exit code."""
    if as_json:
        sys.stdout.write(json.dumps(answer.document, ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        answer.show(console(sys.stdout), language)
    sys.stdout.flush()
    if answer.after is not None:
        answer.after()
    return answer.exit_code


def console(stream: TextIO) -> Console:
    """Return a console on a stream; Rich leaves colour away for NO_COLOR and for anything that is not a terminal."""
    from rich.console import Console

    return Console(file=stream, highlight=False, soft_wrap=True, width=None if stream.isatty() else PAPER_WIDTH)


def say(text: Text, language: Language) -> None:
    """Print a progress line on stderr."""
    sys.stderr.write(text.get(language) + "\n")
    sys.stderr.flush()


def lines(*texts: Text) -> Show:
    """Return a `show` that prints sentences."""

    def show(out: Console, language: Language) -> None:
        for text in texts:
            out.print(text.get(language), markup=False)

    return show


def table(title: Text, columns: Sequence[Text], rows: Iterable[Sequence[object]], language: Language) -> Table:
    """Return a table; numbers are set right, None is an empty cell."""
    from rich.table import Table
    from rich.text import Text as Cell

    rows = [list(row) for row in rows]
    made = Table(title=title.get(language), title_justify="left", title_style="bold", show_edge=False)
    for position, column in enumerate(columns):
        numeric = any(isinstance(row[position], int | float) for row in rows)
        made.add_column(
            column.get(language), justify="right" if numeric else "left", overflow="fold", no_wrap=position == 0
        )
    for row in rows:
        made.add_row(*(Cell(written(value)) for value in row))
    return made


def written(value: object) -> str:
    """Return a cell's text.

    >>> written(1234567), written(-5.98765), written(None)
    ('1,234,567', '-5.988', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else str(value)
