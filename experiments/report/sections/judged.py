"""Sections that judge: attrition, robustness, harms, certainty with its reasons, where the result would hold.

Belongs here: those accounts of results.json in words and tables. Does not: judging (experiments.accounts), warnings (limits).
"""

from __future__ import annotations

from typing import Any

from experiments.report.beside import robust
from experiments.report.blocks import Block, Bullets, Column, Heading, Paragraph, Row, Section, Table
from experiments.report.html import Line
from experiments.report.numerals import MINUS, decimals, high_end, low_end, shown, shown_p
from experiments.report.sections.findings import no_harm
from experiments.report.sections.source import Source, counted, joined, named
from experiments.report.sentences import headline

POINTS = 100
DOMAINS = ("randomisation", "deviations", "missing_data", "measurement", "selection")


def attrition(source: Source) -> Section:
    """Return rows lost to missing values, attrition by arm, and bounds where some were registered."""
    told = tuple(
        f"{item.id}{source.say('colon')}{source.say('dropped', n=counted(left), total=counted(total))}"
        for item in source.lines
        if (left := item.entry["result"]["diagnostics"].get("n_incomplete"))
        and (total := item.entry["result"]["diagnostics"].get("n_after_filter")) is not None
    )
    complete = Paragraph(source.say("no_row_left_out")) if source.lines else source.missing("a_result")
    blocks: tuple[Block, ...] = (Bullets(told),) if told else (complete,)
    return Section("attrition", source.say("attrition_title"), (*blocks, *_leavers(source)))


def _leavers(source: Source) -> tuple[Block, ...]:
    if not source.accounts:
        return (source.missing("attrition_bounds"),)
    tables = [block for found in source.accounts["attrition"] for block in _differential(source, found)]
    told: list[Block] = tables or [Paragraph(source.say("no_followed"))]
    bounds = tuple(
        source.say("bound", id=item["id"], low=shown(item["low"], 3), high=shown(item["high"], 3))
        for item in source.accounts["bounds"]
    )
    return (*told, Bullets(bounds) if bounds else Paragraph(source.say("no_bounds")))


def _differential(source: Source, found: dict[str, Any]) -> tuple[Block, ...]:
    n = found["n_clusters"]
    clusters = source.say("with_clusters", n=counted(n)) if n is not None else ""
    note = source.say("attrition_note", p=shown_p(found["joint_p_value"]), clusters=clusters)
    columns = (
        Column(source.say("wave")),
        Column(source.say("difference_points"), "number"),
        Column(source.say("intervals"), "number", 1.4),
        Column(source.say("p"), "number"),
    )
    rows = tuple(Row((wave["id"], *_points(source, wave))) for wave in found["waves"])
    return Paragraph(note, "note"), Table(source.say("differential", name=found["id"]), columns, rows)


def _points(source: Source, wave: dict[str, Any]) -> tuple[str, str, str]:
    if wave["estimate"] is None:
        return (source.say("held"),) * 3
    size, low, high = (shown(POINTS * wave[name], 1) for name in ("estimate", "conf_low", "conf_high"))
    return size, f"{low} … {high}", shown_p(wave["p_value"])


def robustness(source: Source) -> Section:
    """Return both answers of few clusters, the effects without each zone, and what is not there."""
    told = source.beside(robust)
    notes = {item.id: item.entry["result"]["diagnostics"] for item in source.lines}
    lines = {item.id: item for item in source.lines}
    without = tuple(
        _without(source, lines[found["id"]], found)
        for found in source.accounts.get("elsewhere", [])
        if found["without_low"] is not None and "leave_one_out" not in notes.get(found["id"], {"leave_one_out": None})
    )
    left = bool(without) or any("leave_one_out" in note for note in notes.values())
    tried = tuple(_tried(source, item) for item in source.accounts.get("robust", []))
    few = [answers for note in notes.values() for answers in note.get("few_clusters", {}).values()]
    drawn = any("randomisation" in answers for answers in few)
    lacks = [key for key, there in (("left_out_each", left), ("randomisation", drawn)) if not there]
    blocks: tuple[Block, ...] = (Bullets((*tried, *told, *without)),) if tried or told or without else ()
    return Section(
        "robustness", source.say("robustness_title"), (*blocks, *_curve(source), *map(source.missing, lacks))
    )


def _tried(source: Source, item: dict[str, Any]) -> str:
    """Return one line of a registered robustness analysis, beside the one that it varies."""
    varies = source.own(item["varies"]) if item["varies"] else source.say("varies_unsaid")
    name = f"{item['id']} ({item['parent']})" if item["parent"] else item["id"]
    if item["estimate"] is None:
        return source.say("robust_refused", name=name, varies=varies, reason=source.own(item["reason"]))
    places = decimals(item["std_error"], item["estimate"])
    numbers = {key: shown(item[key], places) for key in ("estimate", "conf_low", "conf_high")}
    return source.say("robust_line", name=name, varies=varies, p=shown_p(item["p_value"]), **numbers)


def _curve(source: Source) -> tuple[Block, ...]:
    """Return the registered curves as wholes, or that none was registered, where the results can know it."""
    if not source.accounts:
        return (source.missing("specification_curve"),)
    told = tuple(_curved(source, item) for item in source.accounts.get("curves", []))
    return (Bullets(told),) if told else (Paragraph(source.say("no_curve")),)


def _curved(source: Source, item: dict[str, Any]) -> str:
    if item["reason"]:
        return f"{item['id']}{source.say('colon')}{source.say('curve_refused', reason=source.own(item['reason']))}"
    counts = {name: counted(item[name]) for name in ("specifications", "refused", "rank", "draws")}
    shares = {name: source.share(item[name]) for name in ("same_sign", "significant")}
    tests = {f"{name}_p": shown_p(item[f"{name}_p"]) for name in ("median", "same_sign", "significant")}
    middle = shown(item["median"], decimals(None, item["median"] or 0.0))
    return f"{item['id']}{source.say('colon')}{source.say('curve_line', median=middle, **counts, **shares, **tests)}"


def _without(source: Source, item: Line, found: dict[str, Any]) -> str:
    row = headline(item.entry)
    places = decimals(row["std_error"], row["estimate"])
    low, high = shown(found["without_low"], places), shown(found["without_high"], places)
    most = source.zone(found["moves_most"])
    n = found["zones"] + found["zones_left_out"]
    text = source.say("without_zones", n=n, low=low, high=high, most=most)
    more = source.say("changes_sign") if found["changes_sign"] else ""
    return f"{item.id}{source.say('colon')}{text}{more}"


def harms(source: Source) -> Section:
    """Return what was watched and how, what was found in sentences, what the rules say, events by arm; zero is said."""
    found = [item for item in source.lines if item.is_harm]
    blocks: list[Block] = [Heading(source.say("harm_outcomes"))]
    if found:
        blocks.append(Bullets(tuple(item.sentence for item in found), tuple(item.verdict for item in found)))
    else:
        blocks.append(Paragraph(no_harm(source)))
    accounts = source.accounts.get("harms")
    blocks += _watched(source, accounts) if accounts else [source.missing("incidents_by_arm")]
    return Section("harms", source.say("harms_title"), tuple(blocks))


def _watched(source: Source, found: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    if found["watched"]:
        defined = tuple(_definition(source, item) for item in found["watched"])
        blocks += [Heading(source.say("harm_definitions")), Bullets(defined)]
    rules = tuple(source.say("harm_rule", **{**rule, "threshold": f"{rule['threshold']:g}"}) for rule in found["rules"])
    blocks += [Heading(source.say("harm_rules")), Bullets(rules) if rules else Paragraph(source.say("no_rule"))]
    return [*blocks, *_events(source, found)]


def _definition(source: Source, item: dict[str, Any]) -> str:
    definition = source.own(item["definition"]) if item["definition"] else source.say("harm_undefined")
    kind = named("data_source", item["source"], source.language)
    waves = joined(item["waves"], source.language)
    return source.say("harm_defined", name=source.own(item["name"]), definition=definition, source=kind, waves=waves)


def _events(source: Source, found: dict[str, Any]) -> list[Block]:
    if not found["events"]:
        return [Paragraph(source.say("no_events"))]
    arms = [arm["id"] for arm in found["events"][0]["arms"]]
    columns = (Column(source.say("event"), width=2.4), *(Column(source.arm(arm), "number") for arm in arms))
    rows = tuple(
        Row((source.own(item["label"]), *(source.told(arm["units"]) for arm in item["arms"])))
        for item in found["events"]
    )
    table = Table(source.say("harm_events", since=found["events_since"]), columns, rows)
    return [Paragraph(source.say("event_note"), "note"), table]


def certainty(source: Source) -> Section:
    """Return the rating of each analysis with the reason of each step, and risk of bias by domain."""
    found, title = source.accounts.get("certainty", []), source.say("certainty_title")
    lines = {item.id: item for item in source.lines}
    rows = [item for item in found if item["id"] in lines]
    if not rows:
        return Section("certainty", title, (source.missing("ratings"),))
    columns = (
        Column(source.say("analysis"), width=2.2),
        Column(source.say("starts"), width=0.8),
        Column(source.say("rated_as"), width=1.2),
        Column(source.say("reasons"), width=4.0),
    )
    table = Table(title, columns, tuple(_rated(source, lines[item["id"]], item) for item in rows))
    return Section(
        "certainty", title, (Paragraph(source.say("certainty_note"), "note"), table, _bias(source, rows, lines))
    )


def _rated(source: Source, line: Line, item: dict[str, Any]) -> Row:
    rated = item["rated"]
    level = source.say(rated["level"] if rated else item["proposed"])
    told = source.say("by_reviewer" if rated else "by_machine", level=level)
    reasons = [_reason(source, reason) for reason in item["reasons"]]
    if rated:
        reasons.insert(0, rated["reason"])
    why = "; ".join(reasons) or source.say("no_reason")
    return Row((f"{line.outcome}\n{item['id']}", source.say(item["start"]), told, why))


def _reason(source: Source, reason: dict[str, Any]) -> str:
    text = source.own(reason["text"])
    if not reason["levels"]:
        return source.say("reason_none", text=text)
    return source.say("reason_levels", n=reason["levels"], text=text).replace("-", MINUS)


def _bias(source: Source, rows: list[dict[str, Any]], lines: dict[str, Line]) -> Table:
    columns = (
        Column(source.say("analysis"), width=2.2),
        *(Column(source.say(f"{name}_domain"), width=1.1) for name in DOMAINS),
    )
    told = tuple(
        Row(
            (
                f"{lines[item['id']].outcome}\n{item['id']}",
                *(source.say(f"bias_{item['bias'][name]}") for name in DOMAINS),
            )
        )
        for item in rows
    )
    return Table(source.say("bias_caption"), columns, told)


def elsewhere(source: Source) -> Section:
    """Return who was studied, and each analysis pooled over zones with the interval for a new one."""
    found, title = source.accounts.get("elsewhere", []), source.say("elsewhere_title")
    lines = {item.id: item for item in source.lines}
    rows = [item for item in found if item["id"] in lines]
    if not rows:
        return Section("elsewhere", title, (source.missing("prediction"),))
    told = tuple(item for item in rows if item["pooled"] is not None)
    lacks = tuple(f"{item['id']}{source.say('colon')}{source.own(item['reason'])}" for item in rows if item["reason"])
    blocks: list[Block] = [*_studied(source)]
    if told:
        blocks += [Paragraph(source.say("elsewhere_note"), "note"), _pooled(source, told, lines)]
    return Section("elsewhere", title, (*blocks, *((Bullets(lacks),) if lacks else ())))


def _studied(source: Source) -> tuple[Block, ...]:
    declared = source.accounts.get("declared") or {}
    pairs = []
    if declared.get("population"):
        pairs.append(source.say("population_of", text=source.own(declared["population"])))
    if declared.get("sampling"):
        pairs.append(source.say("sampling_of", text=named("method", declared["sampling"], source.language)))
    return (Bullets(tuple(pairs)),) if pairs else ()


def _pooled(source: Source, rows: tuple[dict[str, Any], ...], lines: dict[str, Line]) -> Table:
    columns = (
        Column(source.say("analysis"), width=2.2),
        Column(source.say("zones_pooled"), "number", 0.7),
        Column(source.say("pooled"), "number"),
        Column(source.say("intervals"), "number", 1.4),
        Column(source.say("between"), "number", 0.7),
        Column(source.say("prediction_interval"), "number", 1.4),
    )
    return Table(source.say("elsewhere_title"), columns, tuple(_predicted(lines[item["id"]], item) for item in rows))


def _predicted(line: Line, item: dict[str, Any]) -> Row:
    row = headline(line.entry)
    places = decimals(row["std_error"], row["estimate"])
    spans = [
        f"{low_end(item[low], places)} … {high_end(item[high], places)}"
        for low, high in (("conf_low", "conf_high"), ("prediction_low", "prediction_high"))
    ]
    effect = f"{shown(item['pooled'], places)}\n{line.unit}".strip()
    name = f"{line.outcome}\n{item['id']}"
    return Row((name, str(item["zones"]), effect, spans[0], f"{item['i2']:.0f} %", spans[1]))
