"""Where a released series stops being what it was, as the release itself says (dim_concordance).

Belongs here: reading declared breaks of one variable of a panel. Does not: drawing them (components.broken), declaring them
(data/concordance).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from apps.viewer.reads import query
from data.messages import Text
from data.paths import Workspace
from data.releases import load_release

TABLE = "dim_concordance"


@dataclass(frozen=True)
class Break:
    """From period `at` on the variable is something else; `note` says what."""

    at: str
    note: Text


@st.cache_data(max_entries=256, show_spinner=False)
def breaks(home: Path, release_id: str, mart: str, column: str) -> list[Break]:
    """Return the breaks of a variable in order; none for a release made before breaks were declared."""
    release = load_release(Workspace(home), release_id)
    if TABLE not in release.tables:
        return []
    rows = query(
        release,
        f"""
        select distinct wave_first, break_note_en, break_note_zh from {TABLE}
        where panel = $1 and variable = $2 and break_kind is not null order by wave_first, break_note_en
        """,
        [mart, column],
    )
    return [
        Break(str(row["wave_first"]), Text(en=str(row["break_note_en"]), zh=str(row["break_note_zh"]))) for row in rows
    ]
