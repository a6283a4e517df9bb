"""States and timing in words and tags, from the tables that define them.

Belongs here: looking the words up. Does not: the tables (experiments.registry.machines), what follows from a state.
"""

from __future__ import annotations

from typing import Literal

from apps.viewer.components import markup
from apps.viewer.language import own
from data.messages import Text
from experiments.registry.machines import OPERATIONAL, PROTOCOL_VERSION

_KINDS: dict[str, Literal["good", "bad", "unsure", "plain"]] = {
    "registered": "good",
    "approved": "good",
    "rejected": "bad",
    "withdrawn": "bad",
    "changes_requested": "bad",
    "submitted": "unsure",
    "in_review": "unsure",
}


def version_states() -> dict[str, str]:
    """Return the words of all states of a protocol version by code."""
    return {code: own(said) for code, said in PROTOCOL_VERSION.states.items()}


def state_tag(code: str) -> markup.Html:
    """Return a state of a protocol version as a tag."""
    return markup.tag(version_states().get(code, code), _KINDS.get(code, "plain"))


def operational_name(code: str) -> str:
    """Return what a status in a zone is called."""
    return own(OPERATIONAL.states.get(code, code))


def timing_name(said: Text | None) -> str:
    """Return what a level of registration timing is called."""
    return own(said) or "–"
