"""The open draft: one document that is being filled in, saved on the server after each answer.

Belongs here: opening, saving and closing a draft in this session, and what to say when a save fails. Does not: the store
(data.drafts), widgets, what the answers mean. The draft in the session is the truth of the form; widgets are filled from it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from apps.viewer.components.form.content import Content, Place, add, dotted, put, remove
from data import drafts
from data.ledger import Ledger
from data.messages import Text, ZonelabError
from data.paths import Workspace
from data.settings import load_settings

LOG = logging.getLogger("zonelab.viewer")
_KEY = "draft"
_LOST = Text(
    en="The platform could not save your last answer. It is kept on this page; try again in a moment.",
    zh="平台未能保存您刚填写的内容。内容仍保留在本页，请稍后重试。",
)


@dataclass
class Draft:
    """The draft of this session.

    `about` says what it will become: `{"kind": "new"}`, or an amendment or a revision of an experiment on record. `shape`
    counts changes of lists: widget keys carry it, so that an answer never lands in a neighbour's place.
    """

    draft_id: str
    owner: str
    content: Content
    about: dict[str, Any]
    revision: int
    saved_at: datetime
    shape: int = 0
    trouble: Text | None = None
    unsaved: str = ""
    tried: bool = False

    def key(self, place: Place) -> str:
        """Return the key of the widget for the answer at `place`."""
        return f"{self.draft_id}/{self.shape}/{dotted(place)}"


def start(workspace: Workspace, owner: str, content: Content, about: dict[str, Any] | None = None) -> str:
    """Save a new draft and return its id."""
    return drafts.create(_ledger(workspace), owner, {"protocol": content, "about": about or {"kind": "new"}})


def opened(workspace: Workspace, draft_id: str, owner: str) -> Draft:
    """Return the open draft `draft_id`, read from the store when this session does not hold it.

    Raises
    ------
    NotFound
        E-DRAFT-02: this owner has no such draft.
    """
    held = cast("Draft | None", st.session_state.get(_KEY))
    if held is None or (held.draft_id, held.owner) != (draft_id, owner):
        st.session_state[_KEY] = held = read(workspace, draft_id, owner)
    return held


def read(workspace: Workspace, draft_id: str, owner: str) -> Draft:
    """Return the draft as the store holds it."""
    found = drafts.load(_ledger(workspace), draft_id, owner)
    said = found.content
    return Draft(
        found.draft_id,
        owner,
        said["protocol"],
        said["about"],
        found.revision,
        datetime.fromisoformat(found.saved_at),
    )


def listed(workspace: Workspace, owner: str) -> list[drafts.Draft]:
    """Return the drafts of an owner, the newest first."""
    return drafts.list_of(_ledger(workspace), owner)


def answered(place: Place, key: str, read_value: Callable[[Any], Any]) -> None:
    """Take one answer from its widget and save; the callback of every widget of the form."""
    draft = cast("Draft", st.session_state[_KEY])
    typed = st.session_state.get(key)
    put(draft.content, place, read_value(typed))
    _save(draft, str(typed) if typed is not None else "")


def more(place: Place, items: list[Content]) -> None:
    """Append parts to a list and save."""
    draft = cast("Draft", st.session_state[_KEY])
    add(draft.content, place, items)
    _reshaped(draft)


def fewer(place: Place, position: int) -> None:
    """Take a part out of a list and save."""
    draft = cast("Draft", st.session_state[_KEY])
    remove(draft.content, place, position)
    _reshaped(draft)


def state(place: Place, value: object) -> None:
    """Write a value that no widget holds (an empty part, an explicit empty list), and save."""
    draft = cast("Draft", st.session_state[_KEY])
    put(draft.content, place, value)
    _reshaped(draft)


def note(name: str, value: object) -> None:
    """Write something about the draft itself, such as the reason for an amendment, and save."""
    draft = cast("Draft", st.session_state[_KEY])
    draft.about[name] = value
    _save(draft, str(value))


def again(workspace: Workspace) -> None:
    """Leave what could not be saved, and open the stored draft."""
    held = cast("Draft", st.session_state[_KEY])
    fresh = read(workspace, held.draft_id, held.owner)
    fresh.shape = held.shape + 1
    st.session_state[_KEY] = fresh


def give_up(workspace: Workspace, draft: Draft) -> None:
    """Remove the draft, after submission or on the owner's wish."""
    drafts.remove(_ledger(workspace), draft.draft_id, draft.owner)
    st.session_state.pop(_KEY, None)


def _reshaped(draft: Draft) -> None:
    draft.shape += 1
    _save(draft, "")


def _save(draft: Draft, typed: str) -> None:
    """Save, or keep what was typed and say why it could not be saved."""
    ledger = _ledger(Workspace(load_settings().home))
    whole = {"protocol": draft.content, "about": draft.about}
    try:
        draft.revision = drafts.save(ledger, draft.draft_id, draft.owner, whole, draft.revision)
    except ZonelabError as error:
        draft.trouble, draft.unsaved = error.text, typed
        return
    except (OSError, SQLAlchemyError, ValueError) as error:  # a full disk or a locked file must not lose what was typed
        LOG.error("draft %s could not be saved: %s", draft.draft_id, type(error).__name__)
        draft.trouble, draft.unsaved = _LOST, typed
        return
    draft.trouble, draft.unsaved = None, ""
    draft.saved_at = datetime.now(UTC)


def _ledger(workspace: Workspace) -> Ledger:
    return ledger_of(workspace.home)


@st.cache_resource(max_entries=8, show_spinner=False)
def ledger_of(home: Path) -> Ledger:
    """Return the ledger of a workspace, opened once a process: opening checks the catalogue's tables."""
    return Ledger.open(Workspace(home).create())
