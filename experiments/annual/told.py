"""A document of an annual report in one language: words, names of zones and codes, numbers for the eye.

Belongs here: what several sections need. Does not: any section.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.codebooks import codebooks
from data.contracts import load_contract
from data.messages import Language, Text
from data.reference import zones
from experiments.accounts.shapes import Label
from experiments.annual.shapes import Annual, Claim
from experiments.annual.words import WORDS
from experiments.report.blocks import Missing
from experiments.report.numerals import NO_NUMBER, high_end, low_end, shown
from experiments.report.wording_sections import said

FIGURES = 4


@dataclass(frozen=True)
class Told:
    """A document and the language it is told in."""

    document: Annual
    language: Language

    def say(self, key: str, **values: object) -> str:
        """Return a fixed word."""
        if key not in WORDS:
            return said(key, self.language, **values)
        return WORDS[key].fill(**values).get(self.language) if values else WORDS[key].get(self.language)

    def own(self, text: Label) -> str:
        """Return a text that came with the document."""
        return text.zh if self.language == "zh" else text.en

    def missing(self, key: str) -> Missing:
        """Return the block that says what is not reported."""
        return Missing(self.say("lacks", what=self.say(key)))

    def zone(self, code: str) -> str:
        """Return what a zone is called."""
        known = zones()
        return known[code].name.get(self.language) if code in known else code

    def named(self, mart: str, column: str, code: str) -> str:
        """Return what the codebook calls a code; the code where it has no words."""
        words = codebooks().panels[mart].columns[column].codes or {}
        return words[code].get(self.language) if code in words else code

    def kind(self, code: str) -> str:
        """Return what a kind of document is called."""
        return self._of_contract("zone_document", "kind_code", code)

    def indicator(self, code: str) -> str:
        """Return what an indicator is called."""
        return self._of_contract("zone_indicator_year", "indicator_code", code)

    def reason(self, code: str | None) -> str:
        """Return why a platform was shut down."""
        return NO_NUMBER if code is None else self._of_contract("open_platform", "shut_down_reason_code", code)

    def _of_contract(self, contract: str, column: str, code: str) -> str:
        words: dict[str, Text] = load_contract(contract).column(column).codes or {}
        return words[code].get(self.language) if code in words else code

    def listed(self, parts: list[str]) -> str:
        """Return names as a list inside a sentence."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def share(self, value: float | None) -> str:
        """Return a share in percent; a dash where there is none."""
        return NO_NUMBER if value is None else f"{100 * value:.1f} %"

    def held(self, value: float | None) -> str:
        """Return a share in percent; what may not be shown says so."""
        return self.say("held") if value is None else f"{100 * value:.1f} %"


def count(value: int | None) -> str:
    """Return a count with thousands separated; a dash where there is none."""
    return NO_NUMBER if value is None else f"{value:,}"


def figures(value: float | None) -> str:
    """Return a number to four figures with a true minus, thousands separated.

    >>> figures(706.7700001), figures(-2.5), figures(21196.0), figures(None)
    ('706.8', '−2.5', '21,196', '–')
    """
    if value is None:
        return NO_NUMBER
    text = f"{round(value):,}" if abs(value) >= 10 ** (FIGURES - 1) else f"{value:.{FIGURES}g}"
    return text.replace("-", "−")


def span(low: float | None, high: float | None) -> str:
    """Return an interval of described means."""
    return NO_NUMBER if low is None or high is None else f"{figures(low)} … {figures(high)}"


def places_of(claim: Claim) -> int:
    """Return the decimals that the impact report shows of a number: two figures of its standard error, from the interval."""
    from experiments.report.numerals import decimals

    if claim.conf_low is None or claim.conf_high is None:
        return decimals(None, claim.estimate or 0.0)
    return decimals((claim.conf_high - claim.conf_low) / 3.92, claim.estimate or 0.0)


def effect(claim: Claim, value: float | None) -> str:
    """Return an effect with the decimals of its claim."""
    return shown(value, places_of(claim))


def interval(claim: Claim, low: float | None, high: float | None) -> str:
    """Return an interval with the decimals of its claim; a dash where there is none."""
    if low is None and high is None:
        return NO_NUMBER
    places = places_of(claim)
    return f"{low_end(low, places)} … {high_end(high, places)}"
