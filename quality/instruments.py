"""Instrument versions at the gate: a wave's answers must fit the code frames of the version that asked them.

Belongs here: the rules per version and the finding that a file as a whole speaks another version's codes (E-INST-01): such a file
is not appended, since its rows would look like change over time. Does not: the frames themselves (data.contracts.frames).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from data.contracts import Column, Contract
from data.contracts.frames import Frame, FrameChange, Instrument, frame, open_changes
from data.duck import quote_text
from data.messages import Text
from data.readers import RawTable
from data.readers.header import fold
from quality.columns import Matching
from quality.names import names
from quality.problems import Problem, problem
from quality.rule import Rule, listed

GONE = Text(en="gone", zh="已取消")


def code_rules(column: Column, contract: Contract) -> Iterator[Rule]:
    """Yield E-CODE-01 for each instrument version in which the frame of a column holds; once for all without versions."""
    value = f"cast({names(column).value} as varchar)"
    versions = [each for each in contract.instruments if column.name not in each.absent] if column.codes else []
    for instrument in versions:
        codes = frame(contract, column.name, instrument) or {}
        broken = f"{_in_waves(contract, instrument)} and not list_contains([{_texts(codes)}], {value})"
        yield Rule("E-CODE-01", column, broken, {"codes": listed(codes)})
    if column.codes and not contract.instruments:
        yield Rule(
            "E-CODE-01",
            column,
            f"not list_contains([{_texts(column.codes)}], {value})",
            {"codes": listed(column.codes)},
        )


def version_rules(contract: Contract, present: Collection[str]) -> Iterator[Rule]:
    """Yield the rules about the version itself: a wave that has none, another one than the wave's, a column it did not ask."""
    if not contract.instruments or contract.wave_column is None or contract.wave_column not in present:
        return
    wave = contract.column(contract.wave_column)
    if all(instrument.waves for instrument in contract.instruments):
        known = [code for instrument in contract.instruments for code in instrument.waves]
        yield Rule("E-INST-03", wave, f"{_wave(contract)} not in ({_texts(known)})", {"waves": ", ".join(known)})
    for instrument in contract.instruments:
        told: dict[str, object] = {"version": instrument.version}
        if contract.instrument_column is not None and contract.instrument_column in present:
            said = contract.column(contract.instrument_column)
            other = f"{names(said).text} <> {quote_text(instrument.version)}"
            yield Rule("E-INST-02", said, f"{_in_waves(contract, instrument)} and {other}", told)
        for name in instrument.absent:
            if name in present:
                column = contract.column(name)
                given = f"{names(column).text} is not null"
                yield Rule("E-INST-04", column, f"{_in_waves(contract, instrument)} and {given}", told)


def frame_problems(
    connection: duckdb.DuckDBPyConnection, contract: Contract, present: Collection[str]
) -> list[Problem]:
    """Return the findings about items as a whole; reads `judged`.

    E-INST-01: the codes do not fit the wave's version and all fit another. E-INST-05: they changed with the version, and no
    concordance says how.
    """
    if len(contract.instruments) < 2 or contract.wave_column not in present:  # noqa: PLR2004 - one version has no other
        return []
    return [*_misfits(connection, contract, present), *_unreconciled(connection, contract, present)]


def label_problems(raw: RawTable, contract: Contract, matching: Matching) -> list[Problem]:
    """Return what the value labels inside a statistics package's file say against the contract.

    E-INST-06: the file gives a code the label of another code, so the numbers mean something else. W-INST-07: other words.
    """
    labels: Mapping[str, Any] = getattr(raw, "labels", {})
    found: list[Problem] = []
    for name, places in matching.cells.items():
        column, info = contract.column(name), labels.get(places[0])
        if info is not None and column.codes:
            found.extend(_labelled(column, contract, info.value_labels))
    return found


def _labelled(column: Column, contract: Contract, said: Mapping[str, str]) -> Iterator[Problem]:
    frames = [frame(contract, column.name, each) or {} for each in contract.instruments] or [column.codes or {}]
    best = min(frames, key=lambda codes: sum(not _same(said[code], codes[code]) for code in codes if code in said))
    other = [code for code in best if code in said and not _same(said[code], best[code])]
    moved = [code for code in other if any(_same(said[code], label) for label in best.values())]
    if moved:
        yield problem("E-INST-06", {"codes": _against(moved, said, best)}, column=column)
    elif other:
        yield problem("W-INST-07", {"codes": _against(other, said, best)}, column=column)


def _same(said: str, label: Text) -> bool:
    return fold(said) in (fold(label.en), fold(label.zh))


def _against(codes: Sequence[str], said: Mapping[str, str], own: Frame) -> Text:
    return Text(
        en="; ".join(f"{code} is {said[code]} there, {own[code].en} here" for code in codes),
        zh="；".join(f"{code} 在文件中为“{said[code]}”，在约定中为“{own[code].zh}”" for code in codes),
    )


def _unreconciled(
    connection: duckdb.DuckDBPyConnection, contract: Contract, present: Collection[str]
) -> Iterator[Problem]:
    """Yield E-INST-05 for each item of the file whose codes changed with its wave's version and that no concordance covers."""
    versions = {instrument.version: instrument for instrument in contract.instruments}
    changed: dict[tuple[str, str, str], list[FrameChange]] = {}
    for change in open_changes(contract):
        if change.column in present:
            changed.setdefault((change.column, change.before, change.after), []).append(change)
    for (name, before, after), changes in changed.items():
        column = contract.column(name)
        if _answers(connection, contract, column, versions[after]):
            old, new = (frame(contract, name, versions[each]) or {} for each in (before, after))
            values = {"before": before, "after": after, "changes": _changes(changes, old, new)}
            yield problem("E-INST-05", values, column=column)


def _changes(changes: Sequence[FrameChange], old: Frame, new: Frame) -> Text:
    english, chinese = [], []
    for change in changes:
        for code in change.codes:
            now = new.get(code, GONE)
            english.append(f"{code} was {old[code].en}, is {now.en}")
            chinese.append(f"{code} 原为“{old[code].zh}”，现为“{now.zh}”")
    return Text(en="; ".join(english), zh="；".join(chinese))


def _misfits(connection: duckdb.DuckDBPyConnection, contract: Contract, present: Collection[str]) -> list[Problem]:
    coded = [column for column in contract.columns if column.codes and column.name in present]
    return [
        told
        for column in coded
        for instrument in contract.instruments
        for told in _misfit(contract, column, instrument, _answers(connection, contract, column, instrument))
    ]


def _misfit(contract: Contract, column: Column, instrument: Instrument, answers: Collection[str]) -> Iterator[Problem]:
    own = frame(contract, column.name, instrument) or {}
    strange = sorted(set(answers) - set(own))
    others = [each for each in contract.instruments if each.version != instrument.version]
    fitting = [each.version for each in others if set(answers) <= set(frame(contract, column.name, each) or ())]
    if strange and fitting and column.name not in instrument.absent:
        values = {"version": instrument.version, "codes": ", ".join(strange), "other": ", ".join(fitting)}
        yield problem("E-INST-01", {**values, "expected": listed(own)}, column=column)


def _answers(
    connection: duckdb.DuckDBPyConnection, contract: Contract, column: Column, instrument: Instrument
) -> frozenset[str]:
    name = names(column)
    rows = connection.execute(
        f"select distinct cast({name.value} as varchar) from judged "
        f"where {name.value} is not null and {name.missing} is null and {_in_waves(contract, instrument)}"
    ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _in_waves(contract: Contract, instrument: Instrument) -> str:
    if instrument.waves:
        return f"{_wave(contract)} in ({_texts(instrument.waves)})"
    others = [wave for each in contract.instruments for wave in each.waves]
    return f"coalesce({_wave(contract)} not in ({_texts(others)}), true)" if others else "true"


def _wave(contract: Contract) -> str:
    assert contract.wave_column is not None  # noqa: S101 - the model demands one beside instruments
    return f"cast({names(contract.wave_column).value} as varchar)"


def _texts(values: Sequence[str] | Frame) -> str:
    return ", ".join(map(quote_text, values))
