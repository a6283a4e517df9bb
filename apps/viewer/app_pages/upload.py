"""Page Upload: from what the file is to the receipt, on one page.

Belongs here: the order of the steps. Does not: the steps (components.upload), the file in hand (uploading), the receipt
(components.submission_view).
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import submission_reads, uploading
from apps.viewer.components import address, doing, markup, submission_view
from apps.viewer.components.upload import columns, context, file, mending, results, sending
from apps.viewer.desk import Desk
from apps.viewer.language import N_, t
from apps.viewer.uploading import Upload

TITLE = N_("Upload")
GROUP = "contribute"
ROLES = ("zone_operator", "administrator")
STEPS = (N_("What you send"), N_("File"), N_("Check"), N_("Preview"), N_("Receipt"))


def show(desk: Desk) -> None:
    """Show the steps, or the receipt of what was sent."""
    own_zones = submission_reads.zones_of(desk.workspace, desk.who, "submit")
    markup.title(
        t("Upload"), lead=t("Send a file of your zone. It is checked first, and nothing is kept until you submit.")
    )
    doing.refusal()
    if not own_zones:
        said = t("Your roles let you submit in no zone. Ask an administrator.")
        markup.callout(t("Not for you yet"), [said], "warning")
    elif address.code("receipt"):
        _receipt(desk)
    else:
        _steps(desk, own_zones)


def _steps(desk: Desk, own_zones: tuple[str, ...]) -> None:
    place = st.empty()
    chosen = context.choose(desk, own_zones)
    if chosen is None:
        _progress(place, 0)
        return
    held = file.show(desk, chosen)
    if held is None:
        _progress(place, 1)
        return
    columns.show(desk, held)
    results.show(held)
    mending.show(desk, held)
    sending.show(desk, held)
    _progress(place, _reached(held))


def _reached(held: Upload) -> int:
    return 3 if held.may_go else 2


def _receipt(desk: Desk) -> None:
    _progress(st.empty(), len(STEPS))
    submission_view.receipt(desk, address.code("receipt") or "")
    st.button(t("Send another file"), key="another", type="primary", on_click=_another)


def _another() -> None:
    uploading.forget()
    address.put(receipt=None, of=None)


def _progress(place: st.delta_generator.DeltaGenerator, reached: int) -> None:
    items = "".join(_step(number, name, reached) for number, name in enumerate(STEPS))
    place.html(f'<ol class="zl-steps" aria-label="{markup.safe(t("Steps"))}">{items}</ol>')


def _step(number: int, name: str, reached: int) -> str:
    state = "done" if number < reached else "now" if number == reached else "next"
    current = ' aria-current="step"' if state == "now" else ""
    return f'<li class="zl-{state}"{current}>{markup.safe(t(name))}</li>'
