"""The table of replications for people: one line an analysis, as Markdown.

Belongs here: counting agreement and the largest distance, the notes on what does not agree. Does not: running (the package).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.replications import Replicated
from experiments.replications.study import load_study

HEAD = "| study | analysis | method | numbers | agree | largest relative distance | source |\n|---|---|---|---|---|---|---|"


def markdown(found: Replicated) -> str:
    """Return the table, then a line for each number that does not agree and each study that was skipped."""
    total, agreed = len(found.rows), sum(row["agrees"] for row in found.rows)
    parts = [f"{agreed} of {total} published numbers agree.", "", HEAD, *_lines(found), ""]
    parts += [
        f"- `{row['study']}` {row['analysis']}: {row['term']} is {row['estimate']:.8g}, published {row['published']:.8g}."
        for row in found.rows
        if not row["agrees"]
    ]
    parts += [f"- `{name}`: {text.en}" for name, text in found.skipped.items()]
    return "\n".join(parts).rstrip() + "\n"


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
