"""Sentences about findings: what an interval allows to be said, and nothing more.

Belongs here: locked templates, labels of levels and verdicts, diagnostics as rows. Does not: the rule behind a reading
(apps.viewer.findings). "No effect" is never said because an interval holds zero.
"""

from __future__ import annotations

from collections.abc import Mapping

from apps.viewer.components import markup
from apps.viewer.findings import Finding, Report, digits, is_benefit, reading
from apps.viewer.language import N_, number, own, t

_LEVEL = {
    "individual": N_("Individual"),
    "organisation": N_("Organisation"),
    "society": N_("Society"),
}
_LABEL = {"confirmatory": N_("Confirmatory"), "exploratory": N_("Exploratory")}
_VERDICT = {
    "higher": N_("Higher"),
    "lower": N_("Lower"),
    "little": N_("Little or no difference"),
    "uncertain": N_("Uncertain"),
}
_SENTENCE = {
    "higher": N_("{outcome}: higher by {size} {unit} (95% CI {low} to {high})."),
    "lower": N_("{outcome}: lower by {size} {unit} (95% CI {low} to {high})."),
    "little": N_("{outcome}: little or no difference, {estimate} {unit} (95% CI {low} to {high})."),
    "uncertain": N_("{outcome}: it is uncertain whether it changed, {estimate} {unit} (95% CI {low} to {high})."),
}


def bottom_line(report: Report) -> list[markup.Html]:
    """Return the sentences of the confirmatory findings, harms last and never left out."""
    told = [finding for finding in report.findings if finding.label == "confirmatory" or finding.is_harm]
    return [_sentence(finding) for finding in sorted(told or report.findings, key=lambda finding: finding.is_harm)]


def level(name: str) -> str:
    """Return an impact level as a heading."""
    return t(_LEVEL.get(name, name))


def label(name: str) -> str:
    """Return whether an analysis was registered as confirmatory."""
    return t(_LABEL.get(name, name))


def verdict(finding: Finding) -> markup.Html:
    """Return the reading as a status word with its colour; the word carries the meaning."""
    good = is_benefit(finding)
    word = t(_VERDICT[reading(finding)])
    if good is None:
        return markup.tag(word, "unsure")
    return markup.tag(f"{word} · {t('good') if good else t('bad')}", "good" if good else "bad")


def exact_cells(finding: Finding) -> markup.Cells:
    """Return the table row behind a line of the forest plot."""
    places = digits(finding)
    numbers = (finding.estimate, finding.conf_low, finding.conf_high, finding.std_error)
    name = markup.Html(f"{markup.safe(own(finding.outcome))} {markup.code(finding.analysis_id).text}")
    return [name, *(markup.data(number(value, places), value) for value in numbers)]


def warnings(finding: Finding) -> list[markup.Html]:
    """Return what the estimator warned about, in the screen's language where it came in both."""
    return [
        markup.Html(f"{markup.code(finding.analysis_id).text} {markup.safe(_warning(warning))}")
        for warning in finding.warnings
    ]


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
    places = digits(finding)
    said = t(
        _SENTENCE[reading(finding)],
        outcome=own(finding.outcome),
        unit=own(finding.unit),
        size=number(abs(finding.estimate), places),
        estimate=number(finding.estimate, places),
        low=number(finding.conf_low, places),
        high=number(finding.conf_high, places),
    )
    harm = f"{markup.tag(t('Harm'), 'bad').text} " if finding.is_harm else ""
    return markup.Html(f"{harm}{markup.safe(said)} {markup.code(finding.analysis_id).text}")


def _warning(warning: object) -> object:
    if isinstance(warning, Mapping):
        return own(warning.get("message", warning))
    return markup.Html(f'<span lang="en">{markup.safe(warning)}</span>')


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
