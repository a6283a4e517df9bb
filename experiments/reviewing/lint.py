"""What the disclosure check has against a report: looked at when it is handed in, and again before it is published.

Belongs here: asking the gates of quality.disclosure about one report. Does not: the rules, who may let a finding pass
(registry.machines_results). What fails on the way is a finding that nobody may let pass (R17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from data.messages import Text
from data.paths import Workspace
from experiments.results import load_results
from experiments.tracing.reports import Reported
from quality.disclosure.files import decide_file

PAGES = "report.*.html"


@dataclass(frozen=True)
class Finding:
    """One thing found, by its rule (section 5 of the design). `may_pass`: a third person may let it pass, with a reason."""

    rule: str
    text: Text
    may_pass: bool = False


def findings(workspace: Workspace, reported: Reported) -> tuple[Finding, ...]:
    """Return what is found; never raises."""
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found.extend(look(workspace, reported))
        except Exception as error:  # noqa: BLE001 - R17: whatever fails, nothing leaves
            found.append(Finding("R17", _FAILED.fill(kind=type(error).__name__)))
    return tuple(found)


def _files(workspace: Workspace, reported: Reported) -> Iterator[Finding]:  # noqa: ARG001 - the shape of a look
    """R11: the report's pages hold no identifier, hidden part or remote link."""
    pages = sorted(reported.path.parent.glob(PAGES))
    if not pages:
        yield Finding("R11", _NO_PAGE)
    for page in pages:
        verdict = decide_file(page.name, page.read_bytes()).verdict
        if verdict.status != "accepted":
            yield Finding("R11", verdict.reason)


def _whole(workspace: Workspace, reported: Reported) -> Iterator[Finding]:  # noqa: ARG001 - the shape of a look
    """R0: every result went through the gate for models; a run refuses those that did not."""
    document = load_results(reported.path)
    refused = [item["analysis_id"] for item in document["not_estimated"] if item["code"].startswith("E-SDC-17")]
    if refused:
        yield Finding("R17", _REFUSED.fill(names=", ".join(refused)))


Look = Callable[[Workspace, Reported], Iterator[Finding]]
LOOKS: list[Look] = [_files, _whole]

_FAILED = Text(en="The check itself failed ({kind}); nothing leaves.", zh="检查本身出错（{kind}），不予放行。")
_NO_PAGE = Text(en="The report has no page to look at: make it again.", zh="报告没有可检查的页面：请重新生成。")
_REFUSED = Text(en="The gate could not judge: {names}.", zh="披露检查无法判断：{names}。")
