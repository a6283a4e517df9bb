"""Step 5: mending up to fifty cells here: a grid of the rows with problems, only their key and the bad columns.

Belongs here: the grid and reading what was typed. Does not: writing the corrected file (quality.mending). All columns are text:
the grid drops what does not fit a type without a word. A direct identifier is never shown, another sensitive value only where it
is what is wrong; what is left untouched stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from apps.viewer import uploading
from apps.viewer.components import doing, markup
from apps.viewer.desk import Desk
from apps.viewer.language import own, t
from apps.viewer.uploading import Upload
from data.contracts import Column, Contract
from quality.mending import LIMIT, BadRow, Mend, bad_list, size

MASK = "•••"
_ASKED = "mend_asked"
ROW, OUT, WHY = "_row", "codes", "reasons"
"""Names that no column of a file can have (data.readers.raw.RESERVED)."""


def show(desk: Desk, held: Upload) -> None:
    """Show the grid if there is something to mend and not too much of it."""
    contract = held.context.contract
    rows = bad_list(held.look, contract)
    if not rows:
        return
    markup.heading(t("Correct here"))
    if size(rows) > LIMIT:
        n = size(rows)
        markup.note(
            t(
                "{n} cells are to be corrected. Up to {limit} can be corrected here; correct these in your file.",
                n=n,
                limit=LIMIT,
            )
        )
        return
    markup.note(t("Type over what is wrong, or leave a row out; then check again. Your own file stays as it is."))
    names = tuple(dict.fromkeys([*_key_names(held, contract), *(name for row in rows for name in row.cells)]))
    table = [_record(held, row, names) for row in rows]
    key = f"mend_{held.sha256[:12]}"
    st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed",
        column_order=[ROW, *names, OUT, WHY],
        column_config=_config(held, names, rows),
        width="stretch",
    )
    doing.button(t("Check again"), "check_again", lambda: _mend(desk, key, rows))
    _what_came_after_the_click(desk, key, rows)


def read(edited: Mapping[int, Mapping[str, Any]], rows: Sequence[BadRow]) -> Mend:
    """Return what was typed: new text by row and column, and rows left out. A masked cell that is left alone is unchanged."""
    texts: dict[tuple[int, str], str] = {}
    left_out: set[int] = set()
    for place, changes in edited.items():
        row = rows[int(place)].row
        for name, value in changes.items():
            if name == OUT:
                left_out |= {row} if value else set()
            elif name not in (ROW, WHY) and value != MASK:
                texts[row, name] = "" if value is None else str(value).strip()
    return Mend(texts, frozenset(left_out))


def _mend(desk: Desk, key: str, rows: Sequence[BadRow]) -> bool:
    """Mend what was typed; where nothing has arrived, remember that it was asked for."""
    edited = (st.session_state.get(key) or {}).get("edited_rows", {})
    st.session_state[_ASKED] = None if edited else key
    if edited:
        uploading.mend(desk.workspace, read(edited, rows))
    return bool(edited)


def _what_came_after_the_click(desk: Desk, key: str, rows: Sequence[BadRow]) -> None:
    """Do what the last click asked for, or say that nothing has been changed.

    The grid sends what was typed some moments after the cell is left: who types and clicks at once clicks first.
    """
    if st.session_state.get(_ASKED) != key:
        return
    if _mend(desk, key, rows):
        st.rerun()
    markup.note(t("Nothing has been changed in the table yet."))


def _key_names(held: Upload, contract: Contract) -> list[str]:
    return [name for column in contract.key for name in held.look.cells.get(column, ())]


def _owner(held: Upload, name: str) -> Column | None:
    cells = held.look.cells.items()
    return next((held.context.contract.column(column) for column, names in cells if name in names), None)


def _record(held: Upload, row: BadRow, names: Sequence[str]) -> dict[str, object]:
    found = _found(held, row.row)
    cells = {name: _shown(_owner(held, name), found.get(name), bad=name in row.cells) for name in names}
    why = [told for told in held.look.report.problems if told.row == row.row]
    return {ROW: row.row, **cells, OUT: False, WHY: " ".join(own(told.message) for told in why) or " ".join(row.codes)}


def _found(held: Upload, row: int) -> dict[str, str | None]:
    if held.look.raw is None:
        return {}
    table = held.look.raw.table
    return dict(table.slice(table["_row"].index(row).as_py(), 1).to_pylist()[0])


def _shown(column: Column | None, text: str | None, *, bad: bool) -> str:
    open_to_see = column is not None and (column.sensitivity == "none" or (bad and column.sensitivity == "quasi"))
    return text or "" if open_to_see or not text else MASK


def _config(held: Upload, names: Sequence[str], rows: Sequence[BadRow]) -> dict[str, Any]:
    bad = {name for row in rows for name in row.cells}
    cells = {}
    for name in names:
        column = _owner(held, name)
        label = own(column.label) if column else name
        cells[name] = st.column_config.TextColumn(label, disabled=name not in bad)
    return {
        ROW: st.column_config.NumberColumn(t("Row"), disabled=True, format="%d"),
        **cells,
        OUT: st.column_config.CheckboxColumn(t("Leave out")),
        WHY: st.column_config.TextColumn(t("Problem"), disabled=True, width="large"),
    }
