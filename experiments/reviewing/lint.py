"""What the disclosure check has against a report: looked at when it is handed in, and again before it is published.

Belongs here: asking the gates of quality.disclosure about one report. Does not: the rules, who may let a finding pass
(registry.machines_results). What fails on the way is a finding that nobody may let pass (R17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from data.ledger import Ledger
from data.messages import Text
from data.paths import Workspace
from experiments.report.files import verdict_of
from experiments.results import load_results
from experiments.tracing.reports import Reported
from quality.disclosure.policy import load_policy

PAGES = "report.*.html"


@dataclass(frozen=True)
class Finding:
    """One thing found, by its rule (section 5 of the design). `may_pass`: a third person may let it pass, with a reason."""

    rule: str
    text: Text
    may_pass: bool = False


def findings(workspace: Workspace, ledger: Ledger, reported: Reported) -> tuple[Finding, ...]:
    """Return what is found; never raises."""
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found.extend(look(workspace, ledger, reported))
        except Exception as error:  # noqa: BLE001 - R17: whatever fails, nothing leaves
            found.append(Finding("R17", _FAILED.fill(kind=type(error).__name__)))
    return tuple(found)


def _files(workspace: Workspace, ledger: Ledger, reported: Reported) -> Iterator[Finding]:  # noqa: ARG001 - the shape of a look
    """R11: the report's pages hold no identifier, hidden part or remote link."""
    pages = sorted(reported.path.parent.glob(PAGES))
    if not pages:
        yield Finding("R11", _NO_PAGE)
    for page in pages:
        verdict = verdict_of(page.read_bytes())
        if verdict.status != "accepted":
            yield Finding("R11", verdict.reason)


def _whole(workspace: Workspace, ledger: Ledger, reported: Reported) -> Iterator[Finding]:  # noqa: ARG001 - the shape of a look
    """R0: every result went through the gate for models; a run refuses those that did not."""
    document = load_results(reported.path)
    refused = [item["analysis_id"] for item in document["not_estimated"] if item["code"].startswith("E-SDC-17")]
    if refused:
        yield Finding("R17", _REFUSED.fill(names=", ".join(refused)))


def _near(workspace: Workspace, ledger: Ledger, reported: Reported) -> Iterator[Finding]:
    """R5: no sample differs by a few units from one that was published before."""
    from experiments.reviewing.differenced import too_near

    near = too_near(workspace, ledger, reported)
    if near:
        names = ", ".join(dict.fromkeys(near))
        yield Finding("R5", _NEAR.fill(names=names, threshold=load_policy().threshold), may_pass=True)


Look = Callable[[Workspace, Ledger, Reported], Iterator[Finding]]
LOOKS: list[Look] = [_files, _whole, _near]

_NEAR = Text(
    en="Fewer than {threshold} units more or less than in a report published before: {names}. The two together would tell of "
    "them. Wait until more have changed.",
    zh="与此前发布的报告相比，样本只相差不到 {threshold} 个单位：{names}。两者相减会泄露这些单位。请待更多变化后再发布。",
)
_FAILED = Text(en="The check itself failed ({kind}); nothing leaves.", zh="检查本身出错（{kind}），不予放行。")
_NO_PAGE = Text(en="The report has no page to look at: make it again.", zh="报告没有可检查的页面：请重新生成。")
_REFUSED = Text(en="The gate could not judge: {names}.", zh="披露检查无法判断：{names}。")
