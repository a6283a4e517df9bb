"""Sections about how far results carry: heterogeneity, limits, review.

Belongs here: what limits a result, and saying that something is not reported. Does not: estimates (findings), judging (judged).
"""

from __future__ import annotations

from typing import Any

from experiments.report.beside import by_group
from experiments.report.blocks import Block, Bullets, Heading, Paragraph, Section
from experiments.report.sections.source import Source, minute


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


ROLES = {name: f"role_{name}" for name in ("output_checker", "ethics_reviewer", "methods_reviewer")}


def review(source: Source) -> Section:
    """Return the checks with their votes, and comments with their answers; without a review that nobody has reviewed yet."""
    found, title = source.document.get("review"), source.say("review_title")
    if not found or not found["checks"]:
        return Section("review", title, (source.missing("comments"),))
    votes = tuple(
        source.say(
            "check_line",
            role=source.say(ROLES.get(item["role"], "role_other")),
            vote=source.say(f"vote_{item['vote']}"),
            at=minute(item["at"]),
        )
        for item in found["checks"]
    )
    comments = tuple(_comment(source, item) for item in found["comments"])
    told: Block = Bullets(comments) if comments else Paragraph(source.say("no_comment"))
    return Section(
        "review", title, (Heading(source.say("checks")), Bullets(votes), Heading(source.say("review_comments")), told)
    )


def _comment(source: Source, item: dict[str, Any]) -> str:
    answer = item["answer"] or source.say("unanswered")
    return source.say("comment_line", section=item["section"], text=item["text"], answer=answer)
