"""Page Register: from a template, a copy or an empty form to a submitted protocol; amendments take the same way.

Belongs here: which step is shown. Does not: the start (components.beginning), the form (components.form), submission
(components.submitting).
"""

from __future__ import annotations

from typing import Literal

from apps.viewer import drafting
from apps.viewer.components import address, amending, beginning, markup, protocol_view, submitting
from apps.viewer.components.form import page
from apps.viewer.components.form.judge import Judged, judge
from apps.viewer.desk import Desk
from apps.viewer.drafting import Draft
from apps.viewer.language import N_, t

TITLE = N_("Register")
GROUP = "contribute"
ROLES = ("investigator",)
Mode = Literal["form", "preview"]


def show(desk: Desk) -> None:
    """Show the start, the form, or the preview."""
    draft_id = address.code("draft")
    if not draft_id:
        beginning.show(desk)
        return
    draft = drafting.opened(desk.workspace, draft_id, desk.who.user)
    judged = judge(draft.content)
    page.head(desk, draft)
    if address.code("mode") == "preview":
        _preview(desk, draft, judged)
    else:
        amending.show(desk, draft, judged)
        page.show(draft, judged)
        submitting.offer(desk, draft, judged)


def _preview(desk: Desk, draft: Draft, judged: Judged) -> None:
    said = t("This is how the public page will look. What the public does not see at once is marked.")
    markup.callout(t("Preview"), [said], "empty")
    protocol_view.show(draft.content)
    submitting.offer(desk, draft, judged)
