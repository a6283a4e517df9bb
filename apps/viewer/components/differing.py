"""How rows stand to the archive: the cells that change, in a table behind a fold.

Belongs here: showing a `Difference`'s cells, values only where the contract lets them be seen. Does not: counting
(quality.against), the counts, which each page introduces in its own words.
"""

from __future__ import annotations

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import number, own, t
from data.contracts import Contract
from quality.against import Difference


def changed_cells(contract: Contract, found: Difference) -> None:
    """Show what changes, if anything does."""
    if not found.cells:
        return
    headings = (t("Row"), t("Variable"), t("In the archive"), t("In the file"))
    hidden = t("not shown")
    rows = [
        [
            str(cell.row),
            own(contract.column(cell.column).label),
            hidden if cell.is_hidden else cell.old or "–",
            hidden if cell.is_hidden else cell.new or "–",
        ]
        for cell in found.cells
    ]
    told = t("Changed cells: {n}", n=number(found.cells_changed))
    with st.expander(told):
        markup.table([markup.Column(heading) for heading in headings], rows, told)
