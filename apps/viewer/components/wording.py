"""Words around findings: order, labels, remarks.

Belongs here: which findings the bottom line tells, labels of levels and readings, diagnostics as rows. Does not: the locked
sentences and the rule behind a reading, which are the study's (experiments.report.sentences).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.viewer.components import markup
from apps.viewer.findings import Finding, Kept, Report
from apps.viewer.language import N_, moment, own, t

_LEVEL = {
    "individual": N_("Individual"),
    "organisation": N_("Organisation"),
    "society": N_("Society"),
}
_LABEL = {
    "confirmatory": N_("Confirmatory"),
    "deviated": N_("Deviated from the plan"),
    "exploratory": N_("Exploratory"),
}
_STATUS = {
    "as_registered": N_("as registered"),
    "amended_before_data": N_("amended before outcome data"),
    "amended_after_data": N_("amended after outcome data"),
    "deviated": N_("deviated"),
    "not_reported": N_("not reported"),
    "exploratory": N_("exploratory"),
}
_GOOD = {"good": N_("good"), "bad": N_("bad")}
_VERDICT = {
    "higher": N_("Higher"),
    "lower": N_("Lower"),
    "little": N_("Little or no difference"),
    "uncertain": N_("Uncertain"),
}


def bottom_line(report: Report) -> list[markup.Html]:
    """Return the sentences of what the plan was to confirm, harms last and never left out; without any, all of them."""
    told = [finding for finding in report.findings if finding.label != "exploratory" or finding.is_harm]
    return [_sentence(finding) for finding in sorted(told or report.findings, key=lambda finding: finding.is_harm)]


def level(name: str) -> str:
    """Return an impact level as a heading."""
    return t(_LEVEL.get(name, name))


def hypothesis(finding: Finding) -> str:
    """Return the registered hypothesis with its id."""
    return t("{id}: {statement}", id=finding.hypothesis_id, statement=finding.said.statement)


def label(name: str) -> markup.Html:
    """Return what a number may be called, as the record shows: confirmatory, deviated or exploratory."""
    kind: markup.Kind = "unsure" if name == "deviated" else "plain"
    return markup.tag(t(_LABEL.get(name, name)), kind)


def label_word(name: str) -> str:
    """Return that word alone."""
    return t(_LABEL.get(name, name))


def registered(kept: Kept) -> markup.Html:
    """Return the version that counts and when it was registered, or that there is none."""
    if kept.version is None or kept.registered_at is None:
        return markup.tag(t("Not registered"), "bad")
    when = moment(datetime.fromisoformat(kept.registered_at))
    return markup.Html(f"{markup.safe(t('version {v}', v=kept.version))} <small>{markup.safe(when)}</small>")


def done(name: str, statement: object, analyses: Sequence[str], label_name: str, status: str) -> markup.Cells:
    """Return one line of "registered and done"."""
    said = t("{id}: {statement}", id=name, statement=own(statement)) if statement else t("No hypothesis was registered")
    by = markup.Html(" ".join(markup.code(item).text for item in analyses) or "–")
    state = t(_STATUS.get(status, status))
    return [said, by, label(label_name), markup.tag(state, "bad") if status == "not_reported" else state]


def reason(analysis_id: str, message: object) -> markup.Html:
    """Return a remark on one analysis after its id."""
    return markup.Html(f"{markup.code(analysis_id).text} {markup.safe(own(message))}")


def verdict(finding: Finding) -> markup.Html:
    """Return the reading as a status word with its colour; the word carries the meaning."""
    said = finding.said
    word = t(_VERDICT[said.reading])
    if said.verdict == "open":
        return markup.tag(word, "unsure")
    return markup.tag(t("{reading}: {verdict}", reading=word, verdict=t(_GOOD[said.verdict])), said.verdict)


def exact_cells(finding: Finding) -> markup.Cells:
    """Return the table row behind a line of the forest plot: as printed, with the exact number for a machine."""
    said = finding.said
    name = markup.Html(f"{markup.safe(said.outcome)} {markup.code(finding.analysis_id).text}")
    return [
        name,
        markup.data(said.estimate, finding.estimate),
        markup.data(said.low, finding.conf_low),
        markup.data(said.high, finding.conf_high),
        markup.data(said.std_error, finding.std_error),
        label(finding.label),
    ]


def warnings(finding: Finding) -> list[markup.Html]:
    """Return what the estimator warned about."""
    return [reason(finding.analysis_id, warning) for warning in finding.said.warnings]


def diagnostics(finding: Finding) -> list[markup.Cells | markup.Group]:
    """Return estimator, counts and diagnostics of one analysis as rows under its id."""
    facts: dict[str, object] = {
        "estimator": finding.estimator,
        "dataset": finding.dataset,
        "term": finding.term,
        "n_obs": finding.n_obs,
        "p_value": f"{finding.p_value:.4g}",
        **finding.diagnostics,
    }
    rows: list[markup.Cells | markup.Group] = [markup.Group(finding.analysis_id)]
    return rows + [[markup.code(name), markup.code(_short(value))] for name, value in facts.items()]


def _sentence(finding: Finding) -> markup.Html:
    harm = f"{markup.tag(t('Harm'), 'bad').text} " if finding.is_harm else ""
    unlike = f"{label(finding.label).text} " if finding.label != "confirmatory" else ""
    return markup.Html(f"{harm}{unlike}{markup.safe(finding.said.sentence)} {markup.code(finding.analysis_id).text}")


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
