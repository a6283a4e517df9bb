"""A chart on the page: the picture, its text for readers who do not see it, and the same values as a table.

Belongs here: showing a `charts.Figure`. Does not: drawing it, or formatting the table's cells.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.components.charts import Figure
from apps.viewer.language import t


def show(
    figures: Sequence[Figure],
    columns: Sequence[markup.Column],
    rows: Sequence[markup.Cells | markup.Group],
    caption: str,
    key: Sequence[str] = (),
) -> None:
    """Show charts with the key of their series and, folded below them, one table with the values they draw.

    Without a chart (every cell too small to show) the table stands alone: it tells which cells there are.
    """
    if figures and key:
        markup.legend(key)
    for figure in figures:
        st.altair_chart(figure.chart, theme=None, alt=figure.alt, width="stretch")
    with st.expander(t("View as table")):
        markup.table(columns, rows, caption)
