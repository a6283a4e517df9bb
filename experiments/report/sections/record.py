"""Sections about what was registered and done, and from which versions: deviations, design, versions.

Belongs here: what the record says. Does not: estimates (findings), their limits (limits), what the plan declares (declared).
"""

from __future__ import annotations

from typing import Any

from data.reference import zones
from experiments.report.blocks import Block, Bullets, Column, Facts, Heading, Paragraph, Pre, Row, Section, Table
from experiments.report.sections.declared import conduct
from experiments.report.sections.source import Source, counted, joined, minute, named


def deviations(source: Source) -> Section:
    """Return "registered and done", the deviations with what was not checked, and the amendments."""
    blocks: list[Block] = [Paragraph(_timing(source)), _done(source)]
    if source.document["timing"]["level"] is not None:
        blocks += [Heading(source.say("deviations")), *_deviations(source)]
        blocks += [Heading(source.say("amendments")), _amendments(source)]
    return Section("deviations", source.say("deviations_title"), tuple(blocks))


def _timing(source: Source) -> str:
    timing, registration = source.document["timing"], source.document["registration"]
    text = source.own(timing["text"])
    if timing["level"] is None:
        return source.say("sentence", text=text)
    level = source.say("timing_level", level=timing["level"], text=text)
    at = minute(registration["registered_at"])
    parts = [level, source.say("cited", version=registration["version"], at=at)]
    told = "".join(source.say("sentence", text=part) for part in parts)
    return told + (source.say("timing_declared") if timing["worsened_by_declaration"] else "")


def _done(source: Source) -> Table:
    columns = (
        Column(source.say("hypothesis"), width=2.6),
        Column(source.say("analysis"), width=1.5),
        Column(source.say("label")),
        Column(source.say("state"), width=1.4),
    )
    rows = [_registered(source, row) for row in source.document["registered_vs_done"]]
    rows += [_refused(source, item) for item in source.document["not_estimated"]]
    return Table(source.say("registered_done"), columns, tuple(rows))


def _registered(source: Source, row: dict[str, Any]) -> Row:
    statement = f"{row['hypothesis_id']} {source.own(row['statement']) if row['statement'] else '–'}"
    changes = "".join(f"\n{change['path']}" for change in row["changes"])
    names = ", ".join(row["analysis_ids"]) or "–"
    return Row((statement.strip(), names, source.say(row["label"]), source.say(row["status"]) + changes))


def _refused(source: Source, item: dict[str, Any]) -> Row:
    why = f"{item['code']} {source.own(item['message'])}"
    return Row((why, item["analysis_id"], "–", source.say("not_estimated")))


def _deviations(source: Source) -> list[Block]:
    document = source.document
    ran = sum(check["state"] == "ran" for check in document["checks"])
    unchecked = [check for check in document["checks"] if check["state"] == "not_checked"]
    blocks: list[Block] = [
        _deviated(source) if document["deviations"] else Paragraph(source.say("no_deviation", n=ran))
    ]
    if unchecked:
        told = tuple(
            f"{source.own(item['title'])}{source.say('colon')}{source.own(item['reason'])}" for item in unchecked
        )
        blocks += [Paragraph(source.say("not_checked_yet"), "note"), Bullets(told)]
    return blocks


def _deviated(source: Source) -> Table:
    titles = {check["trigger"]: check["title"] for check in source.document["checks"]}
    columns = (
        Column(source.say("trigger"), width=1.4),
        Column(source.say("planned"), width=1.6),
        Column(source.say("actual"), width=1.8),
        Column(source.say("units_affected"), "number"),
        Column(source.say("discovered"), width=1.2),
    )
    rows = tuple(
        Row(
            (
                source.own(titles[item["trigger"]]),
                source.own(item["planned"]),
                source.own(item["actual"]) + (f"\n{item['consequence']}" if item["consequence"] else ""),
                counted(item["units_affected"]),
                minute(item["discovered_at"]),
            )
        )
        for item in source.document["deviations"]
    )
    return Table(source.say("deviations"), columns, rows)


def _amendments(source: Source) -> Block:
    found = source.document["amendments"]
    if not found:
        return Paragraph(source.say("no_amendment"))
    keys = ("protocol", "change_class", "changed", "reason")
    rows = tuple(_amended(source, item) for item in found)
    return Table(source.say("amendments"), tuple(Column(source.say(key)) for key in keys), rows)


def _amended(source: Source, item: dict[str, Any]) -> Row:
    kind = f"{source.say(item['class'])} · {source.say(item['status'].replace(' ', '_'))}"
    changed, reason = ", ".join(item["changed_paths"]), f"{item['reason_code']}\n{item['justification']}"
    return Row((f"{item['from']} → {item['to']}", kind, changed, reason))


def design(source: Source) -> Section:
    """Return design, arms, zones and the draws of the assignment."""
    told, language = source.document["design"], source.language
    known = zones()
    places = [known[code].name.get(language) if code in known else code for code in told["zones"]]
    arms = [f"{source.own(arm['label'])} ({named('arm_type', arm['type'], language)})" for arm in told["arms"]]
    pairs = (
        (source.say("study_type"), named("study_type", told["study_type"], language)),
        (source.say("evaluation_method"), named("evaluation_method", told["evaluation_method"], language)),
        (source.say("unit_of_assignment"), named("unit_of_assignment", told["unit_of_assignment"], language)),
        (source.say("arms"), joined(arms, language)),
        (source.say("zones"), joined(places, language)),
    )
    note = (Paragraph(source.own(told["note"])),) if told["note"] else ()
    blocks = (*note, Facts(pairs), *_draws(source), *conduct(source))
    return Section("design", source.say("design_title"), blocks)


def _draws(source: Source) -> tuple[Block, ...]:
    registration = source.document["registration"]
    draws = registration["assignments"] if registration else []
    if not draws:
        return (source.missing("sealed_draw"),)
    told = tuple(
        source.say("drawn", at=minute(draw["drawn_at"]), zones=len(draw["zones"]), digest=draw["assignment_sha256"])
        for draw in draws
        if draw["drawn_at"]
    )
    return (Heading(source.say("draws")), Bullets(told)) if told else (source.missing("sealed_draw"),)


def versions(source: Source) -> Section:
    """Return the pins of everything that the numbers rest on, and the commands that check them."""
    document = source.document
    release, code = document["release"], document["code"]
    dirty = f" ({source.say('dirty')})" if code["dirty"] else ""
    datasets = dict.fromkeys(item.entry["dataset"] for item in source.lines)
    digests = [f"{item.id} {item.entry['result']['spec_sha256']}" for item in source.lines]
    protocol = document["protocol"]
    facts = Facts(
        (
            (source.say("release"), f"{release['release_id']} · {source.say('as_of')} {release['as_of_seq']}"),
            (
                source.say("protocol"),
                f"{document['experiment_id']} v{protocol['version']} · {source.say('digest')} {protocol['digest']}",
            ),
            (source.say("code"), f"{code['commit']}{dirty}"),
            (source.say("run"), document["run_id"]),
            (source.say("tables"), "\n".join(f"{name} {release['tables'][name]['fingerprint']}" for name in datasets)),
            (source.say("spec"), "\n".join(digests)),
        )
    )
    commands = Pre((f"zonelab release verify {release['release_id']}", "zonelab verify"))
    return Section("versions", source.say("versions"), (Paragraph(source.say("verify_note")), commands, facts))
