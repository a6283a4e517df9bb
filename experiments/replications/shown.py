"""The tables of replications for people, as Markdown: one line an analysis, and one line a study for a page of other things.

Belongs here: counting agreement and the largest distance, the notes on what does not agree. Does not: running (the package).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.replications import Replicated
from experiments.replications.study import load_study

HEAD = "| study | analysis | method | numbers | agree | largest relative distance | source |\n|---|---|---|---|---|---|---|"

BEGIN, END = "<!-- replications: written by zonelab replicate --table -->", "<!-- /replications -->"
"""A page that holds these two lines gets one line a study between them, and keeps the rest."""
SHORT_HEAD = "| study | methods | numbers | agree | largest relative distance |\n|---|---|---|---|---|"


def written(found: Replicated, page: str = "") -> str:
    r"""Return `page` with the short table between its marks; without marks the long table alone.

    >>> nothing = Replicated([], {})
    >>> print(written(nothing, f"before\n{BEGIN}\nold\n{END}\nafter"))  # doctest: +ELLIPSIS
    before
    <!-- replications: written by zonelab replicate --table -->
    0 studies: 0 of 0 published numbers agree.
    ...
    <!-- /replications -->
    after
    """
    if BEGIN not in page or END not in page:
        return markdown(found)
    before, rest = page.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{_short(found)}{END}{rest.split(END, 1)[1]}"


def _short(found: Replicated) -> str:
    names = list(dict.fromkeys(row["study"] for row in found.rows))
    lines = [_study_line(name, [row for row in found.rows if row["study"] == name]) for name in names]
    agreed = sum(row["agrees"] for row in found.rows)
    said = f"{len(names)} studies: {agreed} of {len(found.rows)} published numbers agree."
    return "\n".join([said, "", SHORT_HEAD, *lines, *_apart(found)]) + "\n"


def _study_line(name: str, rows: list[dict[str, Any]]) -> str:
    used = [analysis for analysis in load_study(name).analyses if any(row["analysis"] == analysis.id for row in rows)]
    methods = dict.fromkeys(one.spec.estimator if one.spec else str(one.call) for one in used)
    agreed = sum(row["agrees"] for row in rows)
    return f"| {name} | {', '.join(methods)} | {len(rows)} | {agreed} | {_farthest(rows):.1g} |"


def markdown(found: Replicated) -> str:
    """Return the table, then a line for each number that does not agree and each study that was skipped."""
    total, agreed = len(found.rows), sum(row["agrees"] for row in found.rows)
    parts = [f"{agreed} of {total} published numbers agree.", "", HEAD, *_lines(found), *_apart(found)]
    return "\n".join(parts).rstrip() + "\n"


def _apart(found: Replicated) -> list[str]:
    """Return a line for each number that does not agree and each study that was skipped, after an empty one."""
    parts = [
        f"- `{row['study']}` {row['analysis']}: {row['term']} is {row['estimate']:.8g}, published {row['published']:.8g}."
        for row in found.rows
        if not row["agrees"]
    ]
    parts += [f"- `{name}`: {text.en}" for name, text in found.skipped.items()]
    return ["", *parts] if parts else []


def _lines(found: Replicated) -> Iterator[str]:
    for name in dict.fromkeys(row["study"] for row in found.rows):
        for analysis in load_study(name).analyses:
            rows = [row for row in found.rows if (row["study"], row["analysis"]) == (name, analysis.id)]
            method = f"`{analysis.spec.estimator}`" if analysis.spec else str(analysis.call)
            note = f" {analysis.note.strip()}" if analysis.note else ""
            source = analysis.published.source.strip().replace("\n", " ") + note
            agreed = sum(row["agrees"] for row in rows)
            yield f"| {name} | {analysis.id} | {method} | {len(rows)} | {agreed} | {_farthest(rows):.1g} | {source} |"


def _farthest(rows: list[dict[str, Any]]) -> float:
    return max(float(abs(row["difference"])) / (abs(row["published"]) or 1.0) for row in rows)
