"""The plain-language page: locked sentences only, at most 400 words in English and 800 characters in Chinese.

Belongs here: which sentences, how many results fit. Does not: the sentences (wording_plain), what may be said (sentences).
"""

from __future__ import annotations

from experiments.report.blocks import Block, Bullets, Heading, Paragraph, Section
from experiments.report.html import Line
from experiments.report.sections.findings import no_harm
from experiments.report.sections.source import Source, counted
from experiments.report.sentences import plain_sentence

MOST = 7
"""Results that the page has room for; how many more there are is said."""


def plain_language(source: Source) -> Section:
    """Return the page; results without accounts (of earlier versions) have none."""
    title = source.say("plain_title")
    if not source.accounts:
        return Section("plain-language", title, (source.missing("plain_page"),))
    blocks: list[Block] = [Heading(source.say("plain_asked")), Paragraph(_asked(source))]
    blocks += [Heading(source.say("plain_found")), *_found(source)]
    blocks += [Heading(source.say("plain_harm")), _harm(source)]
    blocks += [Heading(source.say("plain_sure")), Paragraph(_sure(source))]
    blocks += [Heading(source.say("plain_limit")), Paragraph(_limits(source))]
    return Section("plain-language", title, tuple(blocks))


def _asked(source: Source) -> str:
    design = source.document["design"]
    arms = source.say("versus").join(source.own(arm["label"]) for arm in design["arms"])
    declared = source.accounts.get("declared") or {}
    how = source.say("plain_random" if declared.get("concealed") else "plain_not_random")
    parts = [source.say("plain_study", arms=arms, zones=len(design["zones"]), how=how)]
    for flow in source.accounts["flow"]:
        counts = [arm["units"] for arm in flow["assigned"]]
        if None not in counts:
            what = source.say(f"plain_{flow['unit']}")
            parts.append(source.say("plain_size", units=counted(sum(counts)), what=what))
    return (" " if source.language == "en" else "").join(parts)


def _found(source: Source) -> list[Block]:
    told = [item for item in source.claims if not item.is_harm]
    if not told:
        return [Paragraph(source.say("plain_nothing"))]
    items = tuple(_sentence(source, item) for item in told[:MOST])
    more = len(told) - MOST
    rest: list[Block] = [Paragraph(source.say("plain_more", n=more))] if more > 0 else []
    return [Bullets(items), *rest]


def _harm(source: Source) -> Block:
    told = [item for item in source.lines if item.is_harm]
    return Bullets(tuple(_sentence(source, item) for item in told[:MOST])) if told else Paragraph(no_harm(source))


def _sentence(source: Source, item: Line) -> str:
    return plain_sentence(item.entry, source.language)


def _sure(source: Source) -> str:
    rated = any(item["rated"] for item in source.accounts["certainty"])
    parts = [source.say("plain_words"), source.say("plain_rated" if rated else "plain_level")]
    return (" " if source.language == "en" else "").join(parts)


def _limits(source: Source) -> str:
    parts = [source.say("plain_elsewhere")]
    if source.document["release"]["simulated"]:
        parts.append(source.say("plain_simulated"))
    return (" " if source.language == "en" else "").join(parts)
