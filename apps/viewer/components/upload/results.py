"""Step 4: what the check found, in three blocks, and what was not checked.

Belongs here: grouping and showing. Does not: finding problems (quality.check). Messages hold no value of a sensitive column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import number, own, t
from apps.viewer.uploading import Upload
from quality.annotated import MOST_CELLS
from quality.desk import annotated_copy, errors_csv
from quality.problems import Problem, Severity

FIRST = 3


@dataclass(frozen=True)
class Kind:
    """All problems of one code."""

    code: str
    problems: tuple[Problem, ...]

    @property
    def count(self) -> int:
        """Rows or cells concerned."""
        return sum(found.count for found in self.problems)


def show(held: Upload) -> None:
    """Show the blocks that are not empty."""
    report = held.look.report
    markup.heading(t("What the check found"))
    if report.must_not_be_kept:
        said = t(
            "The file holds personal numbers and was not kept: not here, not on the server. Remove the columns named below."
        )
        markup.callout(t("Stopped for privacy"), [said], "warning")
    if held.held_by:
        said = t(
            "No ethics decision is in force here for {ids}. Nothing can be taken in.", ids=t(", ").join(held.held_by)
        )
        markup.callout(t("Held by ethics"), [said], "warning")
    by_kind(report.problems)
    _downloads(held)
    if report.enters:
        markup.callout(t("Checked"), [own(report.summary)], "finding" if report.ok else "empty")


def by_kind(problems: Sequence[Problem]) -> None:
    """Show problems in three blocks, each kind with its count and first rows; empty blocks are left out."""
    _block(t("Must be corrected"), _kinds(problems, "error"))
    _block(t("Please look at"), _kinds(problems, "warning"))
    _block(t("For information"), _kinds(problems, "info"))


def _downloads(held: Upload) -> None:
    """Offer the file with its faulty cells marked, and the list of errors; both are made when they are asked for."""
    report, contract = held.look.report, held.context.contract
    if report.sheet is None or not report.problems:
        return
    stem = PurePath(held.name).stem
    with st.container(horizontal=True, key="zl_result_files"):
        if report.sheet.table.num_rows * len(report.sheet.columns) <= MOST_CELLS:
            marked = partial(annotated_copy, report, contract)
            st.download_button(t("Marked file (XLSX)"), marked, f"{stem}.marked.xlsx", key="marked", on_click="ignore")
        errors = partial(errors_csv, report, contract)
        st.download_button(t("List of errors (CSV)"), errors, f"{stem}.errors.csv", key="errors", on_click="ignore")
    markup.note(t("In the marked file the faulty cells are coloured and explained: correct only those and send it."))


def listing(problems: Sequence[Problem], caption: str) -> None:
    """Show problems one by one."""
    columns = [
        markup.Column(t("Row")),
        markup.Column(t("Column")),
        markup.Column(t("What was found, and what to do"), "prose"),
        markup.Column(t("Code")),
    ]
    rows = [
        [
            "–" if found.row is None else str(found.row),
            found.column or "–",
            own(found.message),
            markup.code(found.code),
        ]
        for found in problems
    ]
    markup.table(columns, rows, caption)


def _kinds(problems: Iterable[Problem], severity: Severity) -> list[Kind]:
    found: dict[str, list[Problem]] = {}
    for told in problems:
        if told.severity == severity:
            found.setdefault(told.code, []).append(told)
    return [Kind(code, tuple(group)) for code, group in found.items()]


def _block(heading: str, kinds: Sequence[Kind]) -> None:
    if not kinds:
        return
    columns = [
        markup.Column(t("Code")),
        markup.Column(t("What was found, and what to do"), "prose"),
        markup.Column(t("Times"), "number"),
        markup.Column(t("In rows")),
    ]
    st.html(f'<h3 class="zl-block">{markup.safe(heading)}</h3>')
    markup.table(columns, [_cells(kind) for kind in kinds], heading)
    every = [found for kind in kinds for found in kind.problems]
    if len(every) > len(kinds):
        with st.expander(t("Show all {n}", n=number(len(every)))):
            listing(every, heading)


def _cells(kind: Kind) -> Sequence[object]:
    rows = [str(found.row) for found in kind.problems if found.row is not None]
    shown = t(", ").join(rows[:FIRST]) + (" …" if len(rows) > FIRST else "")
    return [markup.code(kind.code), own(kind.problems[0].message), number(kind.count), shown or "–"]
