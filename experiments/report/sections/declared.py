"""Sections from what the plan declares: question and theory, blinding and dates, ethics, money, interests; history of the report.

Belongs here: `accounts.declared` and `accounts.history` in words. Does not: what was done (record), names of persons (nowhere).
"""

from __future__ import annotations

from typing import Any

from experiments.report.blocks import Block, Bullets, Facts, Heading, Missing, Paragraph, Section
from experiments.report.numerals import NO_NUMBER
from experiments.report.sections.source import Source, counted, joined, minute, named


def question(source: Source) -> Section:
    """Return the hypotheses, the plan's summary, how it is thought to work, earlier work."""
    rows = [row for row in source.document["registered_vs_done"] if row["statement"]]
    told = tuple(f"{row['hypothesis_id']}{source.say('colon')}{source.own(row['statement'])}" for row in rows)
    blocks: list[Block] = [Bullets(told)] if told else [source.missing("hypotheses")]
    found = source.accounts.get("declared")
    blocks += _theory(source, found) if found else [source.missing("theory")]
    return Section("question", source.say("question_title"), tuple(blocks))


def _theory(source: Source, found: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    if found["abstract"]:
        blocks += [Heading(source.say("abstract")), Paragraph(source.own(found["abstract"]))]
    chain = " → ".join(source.own(node) for node in found["theory"])
    assumed = tuple(source.say("assumed", text=source.own(node)) for node in found["assumptions"])
    if chain:
        blocks += [Heading(source.say("theory_of")), Bullets((chain, *assumed))]
    else:
        blocks.append(source.missing("theory"))
    named_work = [text for text in found["prior_work"] if text != "none"]
    prior = source.say("prior", text="; ".join(named_work)) if named_work else source.say("prior_none")
    return [*blocks, Paragraph(prior)]


def conduct(source: Source) -> tuple[Block, ...]:
    """Return concealment, blinding and dates, for the section on design."""
    found = source.accounts.get("declared")
    if not found:
        return (source.missing("concealment"),)
    masked = joined([named("masking", name, source.language) for name in found["masking"]], source.language)
    dates = [f"{source.say(name)} {day}" for name, day in found["dates"].items()]
    pairs = [(source.say("masking"), masked or NO_NUMBER), (source.say("dates"), "\n".join(dates) or NO_NUMBER)]
    return Paragraph(source.say("concealed" if found["concealed"] else "not_concealed")), Facts(tuple(pairs))


def ethics(source: Source) -> Section:
    """Return ethics, consent, protection, money, interests and risks; the part of participants is not in the plan."""
    found, title = source.accounts.get("declared"), source.say("ethics_title")
    if not found:
        return Section("ethics", title, (source.missing("ethics_funding"),))
    pairs = [*_decisions(source, found), *_safeguards(source, found), *_money(source, found)]
    blocks: list[Block] = [Facts(tuple(pairs))] if pairs else [source.missing("ethics_funding")]
    risks = tuple(_risk(source, risk) for risk in found["risks"])
    if risks:
        blocks += [Heading(source.say("risks")), Bullets(risks)]
    lacks: Missing = source.missing("participants_part")
    return Section("ethics", title, (*blocks, lacks))


def _decisions(source: Source, found: dict[str, Any]) -> list[tuple[str, str]]:
    lines = [
        source.say(
            "ethics_line",
            board=item["board"],
            number=item["number"],
            decision=named("decision", item["decision"], source.language),
            date=item["date"],
            until=item["expires_on"],
            zones=item["zones"],
        )
        for item in found["ethics"]
    ]
    return [(source.say("ethics"), "\n".join(lines))] if lines else []


def _safeguards(source: Source, found: dict[str, Any]) -> list[tuple[str, str]]:
    pairs, consent, kept = [], found["consent"], found["protection"]
    if consent:
        mode, policy = (named(name, consent[name], source.language) for name in ("mode", "withdrawal_policy"))
        pairs.append((source.say("consent"), source.say("consent_line", mode=mode, policy=policy)))
    if kept:
        note = _either(kept["minimisation_note"], source)
        pairs.append((source.say("protection"), source.say("kept_until", note=note, until=kept["retention_until"])))
    if found["alternatives"]:
        told = [
            f"{named('group', group, source.language)}{source.say('colon')}{source.own(text)}"
            for group, text in found["alternatives"].items()
        ]
        pairs.append((source.say("alternatives"), "\n".join(told)))
    return pairs


def _money(source: Source, found: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    if found["sponsor"]:
        pairs.append((source.say("sponsor"), _payer(source, found["sponsor"])))
    if found["funders"]:
        pairs.append((source.say("funders"), "\n".join(_payer(source, item) for item in found["funders"])))
    if found["implementer"]:
        sells = f" · {source.say('sells')}" if found["implementer_sells"] else ""
        pairs.append((source.say("implementer"), _payer(source, found["implementer"]) + sells))
    if found["remunerated"] is not None:
        pairs.append((source.say("remuneration"), source.say("yes" if found["remunerated"] else "no")))
    if found["publication"]:
        pairs.append((source.say("publication"), named("kind", found["publication"], source.language)))
    if found["conflicts"] is not None:
        told = [f"{named('kind', item['kind'], source.language)} · {item['entity']}" for item in found["conflicts"]]
        pairs.append((source.say("conflicts"), "\n".join(told) or source.say("no_conflict")))
    if found["data_access"]:
        words = [named(f"{name}_access", found[f"{name}_access"], source.language) for name in ("data", "code")]
        pairs.append((source.say("access"), source.say("access_line", data=words[0], code=words[1])))
    return pairs


def _payer(source: Source, item: dict[str, Any]) -> str:
    parts = [item["org"], named("type", item["type"], source.language), item["award_no"] or ""]
    return " · ".join(part for part in parts if part)


def _risk(source: Source, risk: dict[str, Any]) -> str:
    text = {name: _either(risk[name], source) for name in ("risk", "affected", "mitigation")}
    return source.say("risk_line", risk=text["risk"], who=text["affected"], what=text["mitigation"])


def _either(text: dict[str, str], source: Source) -> str:
    return text[source.language] or text["en"] or text["zh"]


def history(source: Source) -> Section:
    """Return the earlier releases on which the experiment was analysed; none is said so."""
    title = source.say("history_title")
    if "history" not in source.accounts:
        return Section("history", title, (source.missing("earlier_reports"),))
    told = tuple(
        source.say("earlier_line", id=item["id"], at=minute(item["at"]), n=counted(item["analyses"]))
        for item in source.accounts["history"]
    )
    blocks: tuple[Block, ...] = (Bullets(told),) if told else (Paragraph(source.say("first_report")),)
    return Section("history", title, blocks)
