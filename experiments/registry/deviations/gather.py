"""Gathering the facts that the triggers look at: from the ledger, the lake and the released tables.

Belongs here: counting; what cannot be counted stays None. Does not: judging (sample, conduct, reporting). Everything is counted
as of the release, so that the same release and record give the same facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pandas as pd

from data.contracts import Contract, contract_names, load_contract
from data.duck import open_duckdb, quote_name
from data.ethics_gate import LOCAL
from data.lake import Lake
from data.ledger import Event, Ledger
from data.messages import NotFound, Refused
from data.paths import Workspace
from data.releases import Release
from data.submissions import submissions
from experiments.design.draws import DrawRecord, draws_of, units_of
from experiments.expression import filter_columns, filter_mask
from experiments.frames import read_columns
from experiments.registry.deviations.model import AiVersion, Arrived, Collected, Done, Ran
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.registry.schema.governance import EthicsDecision, Wave


def facts(workspace: Workspace, ledger: Ledger, release: Release, protocol: Protocol, runs: tuple[Ran, ...]) -> Done:
    """Return the facts of one experiment as of a release.

    Parameters
    ----------
    protocol
        The registered version that counts.
    runs
        What was run on the release.
    """
    own = ledger.events(object_id=protocol.experiment_id)
    recorded = [event.detail for event in own if event.kind == "ethics_recorded"]
    epochs = [event for event in own if event.kind == "exposure_epoch"]
    return Done(
        protocol,
        units_by_arm=units_by_arm(release, protocol),
        collected=collected(Lake(workspace, ledger), release, protocol),
        committed=committed(ledger, draws_of(own)),
        received=received(release, protocol),
        ineligible=ineligible(release, protocol),
        ai_versions=tuple(_version(event) for event in epochs) or None,
        runs=runs,
        arrived=arrived(ledger, release, protocol),
        decisions=(*protocol.ethics, *(EthicsDecision.model_validate(item) for item in recorded)),
    )


def units_by_arm(release: Release, protocol: Protocol) -> dict[str, int] | None:
    """Return how many units the released table holds in each arm; clusters where the plan counts those."""
    lead = _lead(protocol)
    column = _treatment(protocol)
    if lead is None or column is None:
        return None
    size = protocol.sample_size
    clusters = size is not None and sum(size.per_arm.values()) == size.clusters != size.units
    unit = _unit(protocol) if clusters else lead.unit
    arms = _arms_of(release, protocol, lead, unit, column) if unit else None
    return dict(Counter(arms.values())) if arms is not None else None


def received(release: Release, protocol: Protocol) -> dict[str, str] | None:
    """Return the arm in which each drawn unit stands in the released table; None where it does not say."""
    lead, unit, column = _lead(protocol), _unit(protocol), _treatment(protocol)
    spec = protocol.assignment_spec
    if lead is None or unit is None or column is None or (spec is not None and spec.periods):
        return None
    return _arms_of(release, protocol, lead, unit, column)


def committed(ledger: Ledger, draws: Iterable[DrawRecord]) -> dict[str, str] | None:
    """Return the arm of every unit of the sealed draws; None where nothing was drawn."""
    return {unit.unit: unit.arm for unit in units_of(ledger, draws)} or None


def ineligible(release: Release, protocol: Protocol) -> dict[str, int | None] | None:
    """Return how many units break each criterion; None for one whose variables are in no table that the analyses read."""
    lead = _lead(protocol)
    written = {item.id: (item.kind, item.expr) for item in protocol.eligibility if item.expr}
    if lead is None or not written:
        return None
    return {name: _breaking(release, lead, kind, expr or "") for name, (kind, expr) in written.items()}


def collected(lake: Lake, release: Release, protocol: Protocol) -> tuple[Collected, ...] | None:
    """Return first and last day of observation per zone and wave, for sources that hold both; None where none does."""
    windows = {wave.wave_id: wave for wave in protocol.schedule if wave.target_date}
    zones = {zone.zone_id for zone in protocol.zones}
    dated = [(contract, day) for contract in _contracts(protocol) if (day := _day_column(contract))]
    if not dated or not windows:
        return None
    found: list[Collected] = []
    for contract, day in dated:
        for (zone, wave), days in sorted(_days(lake, contract, day, release).items()):
            if zone in zones and wave in windows:
                found.append(_window(zone, windows[wave], days))
    return tuple(found)


def arrived(ledger: Ledger, release: Release, protocol: Protocol) -> tuple[Arrived, ...] | None:
    """Return the files of the experiment's sources that the release rests on, by zone, contract and local day."""
    sources = {item.contract_id for item in protocol.data_sources}
    zones = {zone.zone_id for zone in protocol.zones}
    included = set(release.submissions)
    counted = Counter(
        (item.zone, item.contract, datetime.fromisoformat(item.received_at).astimezone(LOCAL).date().isoformat())
        for item in submissions(ledger)
        if item.submission_id in included and item.contract in sources and item.zone in zones
    )
    found = tuple(Arrived(zone, contract, day, n) for (zone, contract, day), n in sorted(counted.items()))
    return found or None


def _version(event: Event) -> AiVersion:
    return AiVersion(event.detail["intervention_id"], event.detail["to"], event.at_utc)


def _lead(protocol: Protocol) -> RegisteredAnalysis | None:
    """Return the analysis whose table tells about units: the first one."""
    return protocol.analyses[0] if protocol.analyses else None


def _unit(protocol: Protocol) -> str | None:
    spec = protocol.assignment_spec
    return spec.columns.get("unit", spec.unit_id) if spec else None


def _treatment(protocol: Protocol) -> str | None:
    spec, lead = protocol.assignment_spec, _lead(protocol)
    named = spec.columns.get("treatment") if spec else None
    return named or (lead.treatment if lead else None)


def _arms_of(
    release: Release, protocol: Protocol, lead: RegisteredAnalysis, unit: str, column: str
) -> dict[str, str] | None:
    """Return unit → arm; None where the column does not tell the arms. A unit ever treated counts as treated."""
    frame = _columns(release, lead.dataset, [*unit.split(":"), column])
    if frame is None:
        return None
    told = frame[frame[column].notna()]
    values = _values(told[column])
    names = _names(protocol, set(values.unique()))
    if names is None:
        return None
    ids = told[unit.split(":")].astype("str").agg(":".join, axis=1)
    return {str(name): names[value] for name, value in values.groupby(ids).max().items()}


def _values(column: pd.Series) -> pd.Series:
    """Return the column as texts, 0 and 1 however they are stored as `0` and `1`."""
    if pd.api.types.is_numeric_dtype(column) and column.isin([0, 1]).all():
        return column.astype("int").astype("str")
    return column.astype("str")


def _names(protocol: Protocol, found: set[str]) -> dict[str, str] | None:
    """Return what each value means: arm ids are themselves, 1 and 0 the two arms of the first contrast."""
    arms = {arm.arm_id for arm in protocol.arms}
    if found <= arms:
        return {arm: arm for arm in arms}
    if not found <= {"0", "1"} or len(arms) != 2 or not protocol.inquiries:  # noqa: PLR2004 - treated and not
        return None
    contrast = protocol.inquiries[0].contrast
    return {"1": contrast.arm_a, "0": contrast.arm_b}


def _columns(release: Release, dataset: str, names: list[str]) -> pd.DataFrame | None:
    try:
        frame = read_columns(release.table(dataset), names)
    except NotFound:
        return None
    return frame if set(names) <= set(frame.columns) else None


def _breaking(release: Release, lead: RegisteredAnalysis, kind: str, expr: str) -> int | None:
    try:
        frame = _columns(release, lead.dataset, [*(lead.unit or "").split(":"), *filter_columns(expr)])
        if frame is None or not lead.unit:
            return None
        mask = filter_mask(expr, frame)
    except Refused:
        return None
    broken = frame[mask.no if kind == "include" else mask.yes]
    return int(broken[lead.unit.split(":")].drop_duplicates().shape[0])


def _contracts(protocol: Protocol) -> list[Contract]:
    return [
        load_contract(source.contract_id) for source in protocol.data_sources if source.contract_id in contract_names()
    ]


def _day_column(contract: Contract) -> str | None:
    """Return the one column that holds the day of observation, in a contract with waves."""
    named = [column.name for column in contract.columns if column.type in ("date", "timestamp")]
    has_zone = any(column.name == "zone_id" for column in contract.columns)
    return named[0] if contract.wave_column and has_zone and len(named) == 1 else None


def _days(lake: Lake, contract: Contract, day: str, release: Release) -> dict[tuple[str, str], Counter[date]]:
    held = {item.submission_id for item in release.excluded}
    select = lake.relation_sql(contract, release.as_of_seq, held)
    wave, when = quote_name(contract.wave_column or ""), quote_name(day)
    query = (
        f"SELECT zone_id, {wave}, CAST({when} AS DATE), count(*) FROM ({select}) WHERE {when} IS NOT NULL GROUP BY ALL"
    )
    found: dict[tuple[str, str], Counter[date]] = {}
    with open_duckdb() as connection:
        for zone, label, seen, rows in connection.execute(query).fetchall():
            found.setdefault((zone, label), Counter())[seen] += rows
    return found


def _window(zone: str, wave: Wave, days: Counter[date]) -> Collected:
    target = date.fromisoformat(wave.target_date or "")
    first, last = target - timedelta(days=wave.window_before), target + timedelta(days=wave.window_after)
    outside = sum(rows for day, rows in days.items() if not first <= day <= last)
    return Collected(zone, wave.wave_id, min(days).isoformat(), max(days).isoformat(), days.total(), outside)
