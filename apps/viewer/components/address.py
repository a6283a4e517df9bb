"""The address of a view: language and filters as codes in the URL, so that a shared link opens the same view in any language.

Belongs here: query parameters and the widgets bound to them. Does not: what a code means (pages check it). Streamlit's own
`bind="query-params"` is not used: it stores the formatted label, which breaks in the other language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import cast

import streamlit as st

from apps.viewer.language import LANGUAGES, guess, use
from data.messages import Language

CODES = (
    "lang",
    "zone",
    "z",
    "release",
    "before",
    "term",
    "panel",
    "outcome",
    "experiment",
    "id",
    "v",
    "against",
    "draft",
    "section",
    "mode",
    "status",
    "find",
    "contract",
    "wave",
    "sub",
    "receipt",
    "of",
    "q",
    "table",
    "level",
    "concept",
    "source",
    "grade",
    "view",
    "page",
    "tab",
    "pair",
    "item",
    "cart",
    "report",
    "trace",
)
STILL = 5.0
"""Seconds for which the address just left may still come from the browser: an answer typed before it has seen the new one."""
_KNOWN, _WRITTEN, _LEFT = "address", "address_written", "address_left"


def arrive() -> None:
    """Take over what the URL says, choose the language, and write the codes back; call it before the page runs.

    A URL that differs from what this session wrote last was typed, pasted or reached by the back button: it wins. An empty one is
    a page link: the session's codes stay.
    """
    known = _known()
    url = {name: st.query_params[name] for name in CODES if name in st.query_params}
    if url and url != st.session_state.get(_WRITTEN) and not _on_its_way(url):
        known.clear()
        known.update(url)
    if known.get("lang") not in LANGUAGES:
        known["lang"] = guess(st.context.locale)
    use(cast("Language", known["lang"]))
    st.query_params.from_dict(known)
    _write_down(known)


def code(name: str) -> str | None:
    """Return the code of `name` in this view, as it came: a page must check it against what exists."""
    return _known().get(name)


def choose(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    widget: Callable[..., object] = st.selectbox,
    every: str | None = None,
    captions: Sequence[str] | None = None,
) -> str | None:
    """Show a widget for the code `name` and return the chosen code.

    Parameters
    ----------
    name
        One of `CODES`.
    label
        Visible label.
    options
        Label by code, in order of display. A label must not change between two runs: the browser sends the one that it shows,
        and what the server no longer knows comes back as it is.
    widget
        `st.selectbox` or `st.segmented_control`.
    every
        Label of the choice "no filter"; then None may come back, and the code leaves the URL.
    captions
        For `st.radio`: what stands below each label, and may change.

    Returns
    -------
    str or None
        A key of `options`; None stands for `every`. An unknown code in the URL counts as the first choice.
    """
    key = f"choose_{name}"
    labels = {**({"": every} if every else {}), **options}
    current = code(name) or ""
    st.session_state[key] = current if current in labels else next(iter(labels))
    place = list(labels).index(st.session_state[key])
    extra: dict[str, object] = {"index": place}
    if widget is st.segmented_control:
        extra = {"default": st.session_state[key], "required": True}
    extra |= {"captions": captions} if captions else {}
    chosen = widget(
        label,
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        on_change=_take,
        args=(name, key, list(labels)),
        **extra,
    )
    return str(chosen) if chosen else None


def words(name: str, label: str, *, example: str = "") -> str:
    """Show a field for the words of a search, bound to the code `name`, and return them."""
    key = f"words_{name}"
    st.session_state[key] = code(name) or ""
    st.text_input(label, key=key, max_chars=120, placeholder=example, on_change=_take_words, args=(name, key))
    return str(st.session_state[key]).strip()


def carried(**codes: str) -> dict[str, str]:
    """Return the codes of this view with some of them changed: what a link within the session carries."""
    return {**_known(), **codes}


def put(**codes: str | None) -> None:
    """Set codes of the view, None to forget one; they reach the address at the next run."""
    for name, value in codes.items():
        if value:
            _known()[name] = value
        else:
            _known().pop(name, None)


def keep(name: str, allowed: Sequence[str]) -> str | None:
    """Return the code of `name` if it is allowed; otherwise None, and the view forgets it at the next run."""
    found = code(name)
    return found if found in allowed else None


def _write_down(known: dict[str, str]) -> None:
    """Keep what this session wrote, and for a moment what it wrote before."""
    before = st.session_state.get(_WRITTEN)
    if before is not None and before != known:
        st.session_state[_LEFT] = [*st.session_state.get(_LEFT, ()), (before, monotonic())][-8:]
    st.session_state[_WRITTEN] = dict(known)


def _on_its_way(url: dict[str, str]) -> bool:
    """Tell whether a URL is one that this session has just left: a browser that is still answering sends it once more."""
    return any(url == before and monotonic() - when < STILL for before, when in st.session_state.get(_LEFT, ()))


def _take(name: str, key: str, options: Sequence[str]) -> None:
    value = st.session_state[key]
    if value not in options:
        return  # a label that has meanwhile changed
    if value:
        _known()[name] = str(value)
    else:
        _known().pop(name, None)


def _take_words(name: str, key: str) -> None:
    put(**{name: str(st.session_state[key]).strip() or None, "page": None})


def _known() -> dict[str, str]:
    return cast("dict[str, str]", st.session_state.setdefault(_KNOWN, {}))
