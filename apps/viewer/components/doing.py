"""A button that does an act of the registry, and what the registry said when it refused.

Belongs here: doing it in the button's callback. A run of the page can be cut short by the next answer of a hasty user, and a
click that is read later in the page is lost with it; a callback is not. Does not: the acts, their rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import own, t
from data.messages import Text, ZonelabError

_REFUSED = "refused_act"


def button(label: str, key: str, act: Callable[[], object], *, primary: bool = True, disabled: bool = False) -> None:
    """Show a button that does `act`; a refusal is kept for `refusal`."""
    kind = "primary" if primary else "secondary"
    st.button(label, key=key, type=kind, disabled=disabled, on_click=_do, args=(act,))  # type: ignore[arg-type, unused-ignore]


def submit(label: str, act: Callable[[], object], *, primary: bool = True) -> None:
    """Show a form's button that does `act` with what stands in the form; a refusal is kept for `refusal`."""
    kind = "primary" if primary else "secondary"
    st.form_submit_button(label, type=kind, on_click=_do, args=(act,))  # type: ignore[arg-type, unused-ignore]


def refusal() -> None:
    """Tell once what the registry refused."""
    found = cast("tuple[str, Text] | None", st.session_state.pop(_REFUSED, None))
    if found is not None:
        markup.callout(t("Not done"), [own(found[1]), markup.code(found[0])], "warning")


def _do(act: Callable[[], object]) -> None:
    try:
        act()
    except ZonelabError as error:
        st.session_state[_REFUSED] = (error.code, error.text)
