"""The file in hand: what this session was given, how it was judged, and handing it in.

Belongs here: the one upload of a session, from the form to the submission. Does not: the checks (quality), drawing
(components.upload). Until it is submitted a file lies in the memory of this session alone; after a privacy stop not even there.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from apps.viewer.components import address
from apps.viewer.drafting import ledger_of
from data.contracts import Contract
from data.messages import PlatformFailed, Text
from data.paths import Workspace
from quality.arrivals import laid_down
from quality.desk import confirm_matches
from quality.intake import submit
from quality.looking import Look, ethics_problems, look
from quality.mending import Mend, mended, mended_name
from quality.prospect import Prospect, prospect

LOG = logging.getLogger("zonelab.viewer")
RUN = "viewer"
_KEY, _TURN = "upload", "upload_turn"
_BROKEN = Text(
    en="The platform could not finish. Send the same file again: rows that are in already do not enter twice.",
    zh="平台未能完成处理。请重新提交同一文件：已入库的行不会重复入库。",
)


@dataclass(frozen=True)
class Context:
    """What a file is said to be, and who says it."""

    zone: str
    contract: Contract
    wave: str | None
    user: str

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What must be the same for a check to hold."""
        return (self.zone, self.contract.name, self.wave)


@dataclass
class Upload:
    """The file in hand. `content` is empty after a privacy stop; `mends` counts how often cells were mended here."""

    name: str
    content: bytes
    context: Context
    look: Look
    prospect: Prospect | None
    held_by: list[str]
    given: str
    mends: int = 0
    sha256: str = ""
    left_out: set[int] = field(default_factory=set)

    @property
    def may_go(self) -> bool:
        """Whether nothing stands against handing it in but the sender's own confirmation."""
        return bool(self.content) and self.look.report.ok and self.look.report.enters and not self.held_by


def current() -> Upload | None:
    """Return the file in hand."""
    return cast("Upload | None", st.session_state.get(_KEY))


def turn() -> int:
    """Return a number for the key of the file field: a new one empties the field, and Streamlit's memory of the file with it."""
    return int(st.session_state.setdefault(_TURN, 0))


def receive(workspace: Workspace, context: Context, name: str, content: bytes, given: str) -> Upload:
    """Take a file in hand and judge it; `given` names the choice of a file in the browser."""
    made = _judged(workspace, context, name, content, given)
    st.session_state[_KEY] = made
    if made.look.report.must_not_be_kept:
        st.session_state[_TURN] = turn() + 1
    return made


def in_context(workspace: Workspace, context: Context) -> Upload | None:
    """Return the file in hand, judged in this context: again if zone, contract or wave have changed."""
    held = current()
    if held is None or held.context.key == context.key:
        return held
    if not held.content:
        forget()
        return None
    return receive(workspace, context, held.name, held.content, held.given)


def mend(workspace: Workspace, what: Mend) -> None:
    """Put other text into cells of the file in hand, and judge it again."""
    held = current()
    if held is None or not held.content:
        return
    content = mended(held.look, what)
    made = _judged(workspace, held.context, mended_name(held.name), content, held.given)
    made.mends, made.left_out = held.mends + 1, held.left_out | set(what.left_out)
    st.session_state[_KEY] = made


def confirm(workspace: Workspace, user: str, pairs: Mapping[str, str | None]) -> None:
    """Remember for the zone which of its headers mean which column, and judge the file in hand again.

    Raises
    ------
    ZonelabError
        The matches were refused.
    """
    held = current()
    if held is None or not held.content or not pairs:
        return
    zone, contract = held.context.zone, held.context.contract
    confirm_matches(workspace, ledger_of(workspace.home), contract, zone, pairs, actor=user)
    made = _judged(workspace, held.context, held.name, held.content, held.given)
    made.mends, made.left_out = held.mends, held.left_out
    st.session_state[_KEY] = made


def forget() -> None:
    """Let go of the file in hand and empty the file field."""
    st.session_state.pop(_KEY, None)
    st.session_state[_TURN] = turn() + 1


def hand_in(workspace: Workspace, user: str, reason: str | None, answers: Mapping[str, str] | None = None) -> None:
    """Submit the file in hand and show the receipt; a second click finds nothing in hand.

    Raises
    ------
    ZonelabError
        It was refused, or could not be finished; the file stays in hand.
    """
    held = current()
    if held is None or not held.may_go:
        return
    zone, contract, wave = held.context.zone, held.context.contract, held.context.wave
    try:
        with laid_down(workspace, held.name, held.content) as path:
            result = submit(
                path,
                contract=contract,
                zone=zone,
                wave=wave,
                actor=user,
                workspace=workspace,
                run_id=RUN,
                correction_reason=reason,
                answers=answers,
            )
    except (OSError, ValueError, RuntimeError) as error:
        LOG.error("an upload could not be finished: %s", type(error).__name__)
        raise PlatformFailed("E-SYS-03", _BROKEN) from None
    forget()
    address.put(receipt=result.submission_id, of=None)


def _judged(workspace: Workspace, context: Context, name: str, content: bytes, given: str) -> Upload:
    ledger = ledger_of(workspace.home)
    with laid_down(workspace, name, content) as path:
        found = look(path, context.contract, zone=context.zone, wave=context.wave, workspace=workspace, ledger=ledger)
    return Upload(
        name=name,
        content=b"" if found.report.must_not_be_kept else content,
        context=context,
        look=found,
        prospect=prospect(workspace, ledger, found.report, context.contract, zone=context.zone, actor=context.user),
        held_by=ethics_problems(ledger, context.contract, context.zone),
        given=given,
        sha256=hashlib.sha256(content).hexdigest(),
    )
