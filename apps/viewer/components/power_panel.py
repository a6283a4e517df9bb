"""The live power panel of the form: what effect the declared design can find, as it stands now.

Belongs here: showing the quick analytic answer, its warnings, and why there is none. Does not: computing it
(experiments.design.power); the simulated diagnosis, which submission runs.
"""

from __future__ import annotations

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import t
from experiments.registry.protocol import Protocol


def show(protocol: Protocol | None) -> None:
    """Show the panel for a draft as far as it goes."""
    with st.container(border=True, key="zl_power"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Power"))}</h2>')
        markup.note(t("Declare arms, sample and model to see what the design can find.") if protocol is None else "")
