"""Sections about people and what reached them: flow, baseline, delivery, power.

Belongs here: those accounts of results.json as tables. Does not: counting (experiments.accounts), estimates (findings).
"""

from __future__ import annotations

from typing import Any

from experiments.report.blocks import Block, Bullets, Column, Facts, Heading, Paragraph, Row, Section, Table
from experiments.report.numerals import NO_NUMBER, decimals, shown
from experiments.report.sections.source import Source, counted, named

LARGE = 0.25
STATES = ("seen", "refused", "ineligible", "unseen")


def flow(source: Source) -> Section:
    """Return units from assignment through the waves by arm, then how many stand in each analysis."""
    blocks: list[Block] = []
    for found in source.accounts.get("flow", []):
        blocks += [*_assigned(source, found), _waves(source, found)]
    if blocks:
        blocks.insert(0, Paragraph(source.say("withheld_note"), "note"))
    lacks: tuple[Block, ...] = () if blocks else (source.missing("flow_by_arm"),)
    return Section("flow", source.say("flow_title"), (*blocks, *_analysed(source), *lacks))


def _assigned(source: Source, found: dict[str, Any]) -> list[Block]:
    planned = (counted(found["planned_units"]), counted(found["planned_clusters"]))
    coarse = any(arm["clusters"] is not None for arm in found["assigned"])
    keys = ("assigned_units", "clusters") if coarse else ("assigned_units",)
    columns = (Column(source.say("arm"), width=2.0), *(Column(source.say(key), "number") for key in keys))
    rows = []
    for arm in found["assigned"]:
        counts = (arm["units"], arm["clusters"])[: len(keys)]
        rows.append(Row((source.arm(arm["id"]), *(source.told(count) for count in counts))))
    table = Table(source.say("flow_assigned", name=found["id"]), columns, tuple(rows))
    if found["planned_units"] is None:
        return [table]
    return [Paragraph(source.say("planned_size", units=planned[0], clusters=planned[1])), table]


def _waves(source: Source, found: dict[str, Any]) -> Table:
    arms = [arm for wave in found["waves"] for arm in wave["arms"]]
    states = [name for name in STATES if any(name in arm["states"] for arm in arms)]
    outcomes = list(dict.fromkeys(name for arm in arms for name in arm["with_outcome"]))
    columns = (
        Column(source.say("wave"), width=0.9),
        Column(source.say("arm"), width=1.5),
        *(Column(source.say(name), "number") for name in states),
        *(Column(source.say("with_outcome", name=source.variable(found["id"], name)), "number") for name in outcomes),
    )
    rows = []
    for wave in found["waves"]:
        for arm in wave["arms"]:
            counts = [arm["states"].get(name, 0) for name in states]
            counts += [arm["with_outcome"].get(name) for name in outcomes]
            rows.append(Row((wave["id"], source.arm(arm["id"]), *(source.told(count) for count in counts))))
    return Table(source.say("flow_waves", name=found["id"]), columns, tuple(rows))


def _analysed(source: Source) -> tuple[Block, ...]:
    keys = (("outcome", 2.6), ("units", 1), ("clusters", 1), ("rows", 1), ("left_out", 1))
    columns = tuple(Column(source.say(key), "text" if key == "outcome" else "number", width) for key, width in keys)
    rows = tuple(_analysis(item.outcome, item.id, item.entry["result"]) for item in source.lines)
    return (Table(source.say("analysed"), columns, rows),) if rows else ()


def _analysis(outcome: str, name: str, result: dict[str, Any]) -> Row:
    counts = (result["n_units"], result["n_clusters"], result["n_obs"], result["diagnostics"].get("n_incomplete"))
    return Row((f"{outcome}\n{name}", *(counted(count) for count in counts)))


def baseline(source: Source) -> Section:
    """Return the baseline table with standardised differences."""
    tables = [block for found in source.accounts.get("baseline", []) for block in _baseline(source, found)]
    return Section("baseline", source.say("baseline_title"), tuple(tables) or (source.missing("baseline_table"),))


def _baseline(source: Source, found: dict[str, Any]) -> tuple[Block, ...]:
    if not found["rows"]:
        return ()
    arms = [arm["id"] for arm in found["rows"][0]["arms"]]
    columns = (
        Column(source.say("variable"), width=2.2),
        *(Column(source.say("mean_sd", arm=source.arm(arm)), "number", 1.4) for arm in arms),
        Column(source.say("difference_sd"), "number"),
    )
    rows = tuple(_covariate(source, row) for row in found["rows"])
    note = Paragraph(source.say("baseline_note", wave=found["wave"]), "note")
    return (note, Table(f"{source.say('baseline_title')} · {found['id']}", columns, rows))


def _covariate(source: Source, row: dict[str, Any]) -> Row:
    name = source.own(row["label"])
    name += f"\n{source.say('about_assigned')}" if row["about"] == "assigned" else ""
    cells = [_mean(source, arm) for arm in row["arms"]]
    size = row["difference"]
    mark = " ▲" if size is not None and abs(size) > LARGE else ""
    return Row((name, *cells, shown(size, 2) + mark))


def _mean(source: Source, arm: dict[str, Any]) -> str:
    if arm["mean"] is None:
        return source.say("held")
    return f"{_figures(arm['mean'])} ({_figures(arm['sd'])})\nn {counted(arm['n'])}"


def _figures(value: float | None) -> str:
    return NO_NUMBER if value is None else f"{value:,.10g}".replace("-", "−")


def delivery(source: Source) -> Section:
    """Return the AI system as registered and as recorded, who used it, how treatment came over time, changes of the system."""
    found = source.accounts.get("delivery")
    if not found:
        return Section("delivery", source.say("delivery_title"), (source.missing("delivery_log"),))
    blocks: list[Block] = [block for card in found["cards"] for block in _card(source, card)]
    blocks += [_use(source, system) for system in found["systems"]] or [Paragraph(source.say("no_use"))]
    if found["dose"]:
        blocks.append(_dose(source, found))
    blocks += [Heading(source.say("epochs")), _epochs(source), source.missing("context_log")]
    return Section("delivery", source.say("delivery_title"), tuple(blocks))


def _card(source: Source, card: dict[str, Any]) -> tuple[Block, ...]:
    versions = ", ".join(card["version_range"])
    model = f"{card['model_family']} {card['model_version'] or NO_NUMBER}" + (f" ({versions})" if versions else "")
    pairs = (
        (source.say("ai_system"), source.own(card["name"])),
        (source.say("provider"), card["provider"]),
        (source.say("model"), model),
        (source.say("update_policy"), named("update_policy", card["update_policy"], source.language)),
        (source.say("decision_role"), named("decision_role", card["decision_role"], source.language)),
        (source.say("override"), source.say("yes" if card["human_override"] else "no")),
        (source.say("alternative"), source.own(card["alternative"]) if card["alternative"] else NO_NUMBER),
    )
    return (Facts(pairs),)


def _use(source: Source, system: dict[str, Any]) -> Table:
    versions = ", ".join(system["versions"]) or NO_NUMBER
    told = {"name": system["id"], "first": system["first_month"], "last": system["last_month"], "versions": versions}
    columns = (
        Column(source.say("arm"), width=2.0),
        *(Column(source.say(key), "number") for key in ("offered_share", "used_share")),
    )
    rows = tuple(
        Row((source.arm(arm["id"]), *(source.share(arm[key]) for key in ("offered_share", "used_share"))))
        for arm in system["arms"]
    )
    return Table(source.say("use_caption", **told), columns, rows)


def _dose(source: Source, found: dict[str, Any]) -> Table:
    arms = [arm["id"] for arm in found["dose"][0]["arms"]]
    columns = (Column(source.say("period")), *(Column(source.arm(arm), "number") for arm in arms))
    rows = tuple(
        Row((item["id"], *(source.held(shown(arm["mean"], 3)) for arm in item["arms"]))) for item in found["dose"]
    )
    return Table(source.say("dose_caption", name=found["dose_of"]), columns, rows)


def _epochs(source: Source) -> Block:
    told = tuple(
        ", ".join(f"{value}" for value in epoch.values() if isinstance(value, str | int))
        for epoch in source.document["exposure_epochs"]
    )
    return Bullets(told) if told else Paragraph(source.say("no_epoch"))


def power(source: Source) -> Section:
    """Return planned and achieved power beside the smallest effect of interest."""
    rows = source.accounts.get("power", [])
    title = source.say("power_title")
    if not rows:
        return Section("power", title, (*_smallest(source), source.missing("power_achieved")))
    sims = next((row["simulations"] for row in rows if row["simulations"] is not None), None)
    note = source.say("power_note", sims=counted(sims)) if sims is not None else source.say("power_note_bare")
    keys = ("sesoi", "planned_power", "planned_mde", "achieved_mde", "sees_sesoi")
    columns = (
        Column(source.say("analysis"), width=2.0),
        *(Column(source.say(key), "text" if key == "sees_sesoi" else "number", 1.1) for key in keys),
    )
    lines = {item.id: item for item in source.lines}
    table = Table(title, columns, tuple(_powered(source, row, lines) for row in rows if row["id"] in lines))
    return Section("power", title, (Paragraph(note, "note"), table))


def _powered(source: Source, row: dict[str, Any], lines: dict[str, Any]) -> Row:
    item, achieved = lines[row["id"]], row["achieved_mde"]
    places = decimals(achieved) if achieved else 2
    sees = NO_NUMBER if row["sees_sesoi"] is None else source.say("yes" if row["sees_sesoi"] else "no")
    sesoi = NO_NUMBER if row["sesoi"] is None else f"{row['sesoi']:g} {item.unit}".strip()
    power_ = NO_NUMBER if row["planned_power"] is None else f"{100 * row['planned_power']:.0f} %"
    numbers = (sesoi, power_, shown(row["planned_mde"], places), shown(achieved, places))
    return Row((f"{item.outcome}\n{row['id']}", *numbers, sees))


def _smallest(source: Source) -> tuple[Block, ...]:
    found = {
        f"{item.outcome} ({item.population}, {item.id})": f"{item.entry['hypothesis']['sesoi']:g} {item.unit}".strip()
        for item in source.claims
        if item.entry["hypothesis"]["sesoi"] is not None
    }
    return (Heading(source.say("sesoi_long")), Facts(tuple(found.items()))) if found else ()
