"""Sections about how far results carry: heterogeneity, limits, review.

Belongs here: what limits a result, and saying that something is not reported. Does not: estimates (findings), judging (judged).
"""

from __future__ import annotations

from experiments.report.beside import by_group
from experiments.report.blocks import Block, Bullets, Heading, Paragraph, Section
from experiments.report.sections.source import Source


def heterogeneity(source: Source) -> Section:
    """Return the effects by group, where an analysis has them."""
    told = source.beside(by_group)
    blocks: tuple[Block, ...] = (Bullets(told),) if told else (source.missing("subgroups"),)
    return Section("heterogeneity", source.say("heterogeneity_title"), blocks)


def cautions(source: Source) -> Section:
    """Return what the estimators warned of."""
    told = tuple(f"{item.id}{source.say('colon')}{said}" for item in source.lines for said in item.warnings)
    blocks: tuple[Block, ...] = (Heading(source.say("estimators_said")),)
    blocks += (Bullets(told),) if told else (Paragraph(source.say("no_cautions")),)
    return Section("cautions", source.say("limits_title"), (*blocks, source.missing("judgement")))


def review(source: Source) -> Section:
    """Return that nobody has reviewed yet."""
    return Section("review", source.say("review_title"), (source.missing("comments"),))
