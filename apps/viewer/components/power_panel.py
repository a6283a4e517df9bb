"""The live power panel of the form: what effect the declared design can find, as it stands now.

Belongs here: showing the quick analytic answer, its warnings, and why there is none. Does not: computing it
(experiments.design.quick); the simulated diagnosis, which submission runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import own, t
from experiments.registry.protocol import Protocol

Found = Mapping[str, Any]


def show(protocol: Protocol | None) -> None:
    """Show the panel for a draft as far as it goes."""
    with st.container(border=True, key="zl_power"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Power"))}</h2>')
        if protocol is None or protocol.model_m is None or not protocol.analyses:
            markup.note(t("Fill in model (G) and analyses (H) to see the smallest effect that the design can find."))
            return
        found = _mde(protocol)
        if "reason" in found:
            markup.note(own(found["reason"]))
            return
        for analysis in protocol.analyses:
            _analysis(protocol, analysis.id, analysis.hypothesis_ids, found.get(analysis.id, {}))
        for basis in {own(item.get("basis")) for item in found.values()} - {""}:
            markup.note(basis)


def _mde(protocol: Protocol) -> Found:
    from experiments.design.quick import quick_mde  # reads statistics libraries: only once a model is there

    return cast("Found", quick_mde(protocol))


def _analysis(protocol: Protocol, name: str, hypotheses: tuple[str, ...], found: Found) -> None:
    mde = found.get("mde")
    if mde is None:
        st.html(f"<p>{markup.code(name).text}</p>")
        markup.note(own(found.get("reason")) or t("Not computed."))
        return
    said = t("smallest effect found with power 80%")
    number = markup.data(f"{mde:.3g}", float(mde)).text
    st.html(
        f'<dl class="zl-facts"><div><dt>{markup.code(name).text} {markup.safe(said)}</dt><dd>{number} '
        f"{markup.safe(_unit(protocol, hypotheses))}</dd></div></dl>"
    )
    lines = "".join(
        f'<li class="zl-warning"><strong>{markup.safe(t("Warning"))}</strong> {markup.safe(own(item["message"]))}</li>'
        for item in found.get("warnings", ())
    )
    if lines:
        st.html(f'<ul class="zl-problems">{lines}</ul>')


def _unit(protocol: Protocol, hypotheses: tuple[str, ...]) -> str:
    """Return the unit of the outcome that the analysis is about."""
    try:
        return own(protocol.outcome_of(protocol.hypothesis(hypotheses[0])).unit)
    except (IndexError, KeyError):
        return ""
