"""Whether concordances fit the contracts: a row for every wave, code frames as asked, units that agree, declared breaks.

Belongs here: the findings, each with what to do. Does not: what a file may say by itself (model). A contract whose code frame
changes makes findings here until somebody has said how the old codes read in the new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from data.concordance.model import EVERY, Concordance, Instance, Row, Variable
from data.concordance.transforms import Bands, Linear, Recode
from data.concordance.waves import told
from data.contracts import Contract, load_contracts
from data.contracts.frames import Frame, Instrument, frame, frame_changes
from data.messages import Refused, Text


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code, where, and what to do."""

    code: str
    concordance: str
    where: str
    text: Text


def findings(concordances: Mapping[str, Concordance], contracts: Mapping[str, Contract]) -> list[Finding]:
    """Return everything that is wrong with these concordances beside these contracts.

    Codes: C-WAVE a wave without a row, C-TWICE with two, C-INST an unknown instance, version or wave, C-COL an unknown column,
    C-CODE code frames, C-UNIT units, C-BREAK a break that is not declared, C-FRAME a changed frame that nothing speaks of.
    """
    found: list[Finding] = []
    for concordance in concordances.values():
        for variable in concordance.variables:
            for where, code, text in _of_variable(concordance, variable, contracts):
                found.append(Finding(code, concordance.name, f"{variable.name} · {where}", text))
    return [*found, *_silent(concordances, contracts)]


def require(concordances: Mapping[str, Concordance], contracts: Mapping[str, Contract]) -> None:
    """Refuse concordances that do not fit.

    Raises
    ------
    Refused
        E-CONC-03, with every finding.
    """
    found = findings(concordances, contracts)
    if found:
        english = "; ".join(f"{each.concordance}: {each.where}: {each.text.en}" for each in found)
        chinese = "；".join(f"{each.concordance}：{each.where}：{each.text.zh}" for each in found)
        raise Refused(
            "E-CONC-03",
            Text(
                en=f"{len(found)} things in the concordance do not fit the contracts: {english} See `zonelab concordance check`.",
                zh=f"对照表有 {len(found)} 处与数据约定不符：{chinese}请运行 zonelab concordance check。",
            ),
        )


Told = tuple[str, str, Text]


def _of_variable(found: Concordance, variable: Variable, contracts: Mapping[str, Contract]) -> Iterator[Told]:
    for instance in found.instances:
        contract = contracts.get(instance.contract)
        if contract is None:
            yield instance.id, "C-INST", _NO_CONTRACT.fill(name=instance.contract)
            continue
        rows = [row for row in variable.rows if row.instance == instance.id]
        for version, waves in _versions(instance, contract).items():
            yield from _coverage(instance, version, waves, [row for row in rows if row.instrument == version])
        known = set(_versions(instance, contract))
        for version in sorted({row.instrument for row in rows} - known):
            listed = ", ".join(sorted(known))
            yield instance.id, "C-INST", _NO_VERSION.fill(version=version, known=listed, contract=contract.name)
        for row in rows:
            if row.instrument in known:
                yield from _of_row(variable, row, contract)
    yield from _breaks(variable)


def _versions(instance: Instance, contract: Contract) -> dict[str, tuple[str, ...]]:
    """Return instrument version → the waves that it was used in; none: any."""
    own = (instance.fixed,) if instance.fixed is not None else instance.waves
    if not contract.instruments:
        return {EVERY: own}
    return {
        each.version: tuple(wave for wave in each.waves if not own or wave in own)
        for each in contract.instruments
        if not (own and each.waves) or set(own) & set(each.waves)
    }


def _coverage(instance: Instance, version: str, waves: tuple[str, ...], rows: list[Row]) -> Iterator[Told]:
    """Yield the waves of one instrument version that have no row, or more than one."""
    where = instance.id if version == EVERY else f"{instance.id} {version}"
    rest = [row for row in rows if not row.waves]
    listed = [wave for row in rows for wave in row.waves]
    twice = sorted({wave for wave in listed if listed.count(wave) > 1})
    if twice or len(rest) > 1:
        yield where, "C-TWICE", _TWICE.fill(waves=told(twice))
    missing = [wave for wave in waves if wave not in listed] if not rest else []
    if missing or (not waves and not rest):
        yield where, "C-WAVE", _NO_ROW.fill(waves=told(missing))
    strange = [wave for wave in listed if waves and wave not in waves]
    if strange:
        yield where, "C-INST", _NO_WAVE.fill(waves=told(strange))


def _of_row(variable: Variable, row: Row, contract: Contract) -> Iterator[Told]:
    where = f"{row.instance} {told(row.waves)}"
    instrument = {each.version: each for each in contract.instruments}.get(row.instrument)
    names = {column.name for column in contract.columns}
    lost = [source for source in row.sources if source not in names]
    absent = [source for source in row.sources if instrument is not None and source in instrument.absent]
    if lost or absent:
        text = _NO_COLUMN if lost else _NOT_ASKED
        yield where, "C-COL", text.fill(columns=", ".join(lost or absent), contract=contract.name)
        return
    for source in row.sources:
        yield from ((where, code, text) for code, text in _of_source(variable, row, source, contract, instrument))


def _of_source(
    variable: Variable, row: Row, source: str, contract: Contract, instrument: Instrument | None
) -> Iterator[tuple[str, Text]]:
    asked, transform = frame(contract, source, instrument), row.transform
    known = variable.codes or {}
    if isinstance(transform, Recode):
        silent = sorted(set(asked or {}) ^ set(transform.map))
        if silent:
            yield "C-CODE", _MAP.fill(source=source, version=row.instrument, codes=", ".join(silent))
        yield from _targets(known, [code for code in transform.map.values() if code is not None])
        yield from _agrees(transform, source, row.instrument, contract)
    elif isinstance(transform, Bands):
        yield from _targets(known, [band.code for band in transform.bands])
    elif _differ(asked or {}, known):
        codes = ", ".join(_differ(asked or {}, known))
        yield "C-CODE", _FRAME.fill(source=source, version=row.instrument, codes=codes)
    elif not isinstance(transform, Linear) and contract.column(source).unit != variable.unit:
        yield "C-UNIT", _UNIT.fill(source=source, there=contract.column(source).unit, here=variable.unit)


def _targets(known: Frame, used: Iterable[str]) -> Iterator[tuple[str, Text]]:
    strange = sorted(set(used) - set(known))
    if strange:
        yield "C-CODE", _TARGET.fill(codes=", ".join(strange))


def _agrees(transform: Recode, source: str, version: str, contract: Contract) -> Iterator[tuple[str, Text]]:
    """Yield a map that says otherwise than the contract's own concordance from this version to the next."""
    for each in contract.concordances:
        if each.column == source and each.before == version and each.pairs != transform.map:
            codes = sorted(code for code in each.pairs if each.pairs[code] != transform.map.get(code))
            yield "C-CODE", _OTHERWISE.fill(source=source, contract=contract.name, codes=", ".join(codes))


def _differ(asked: Frame, known: Frame) -> list[str]:
    return sorted(code for code in {*asked, *known} if asked.get(code) != known.get(code))


def _breaks(variable: Variable) -> Iterator[Told]:
    """Yield breaks at no row's beginning, and waves at which a series stops being comparable without a break saying so."""
    declared = {each.at for each in variable.breaks}
    begins = {row.waves[0] for row in variable.rows if row.waves}
    for at in sorted(declared - begins):
        yield at, "C-BREAK", _NOWHERE.fill(wave=at)
    for instance in {row.instance for row in variable.rows}:
        series = sorted(
            (row for row in variable.rows if row.instance == instance and row.waves and row.sources),
            key=lambda row: row.waves[0],
        )
        for before, after in pairwise(series):
            parted = "not_comparable" in (before.comparability, after.comparability)
            if parted and after.waves[0] not in declared:
                yield instance, "C-BREAK", _UNTOLD.fill(wave=after.waves[0])


def _silent(concordances: Mapping[str, Concordance], contracts: Mapping[str, Contract]) -> Iterator[Finding]:
    """Yield items of tables that panels read whose frames changed and that no concordance harmonises."""
    spoken = {
        (found.instance(row.instance).contract, source)
        for found in concordances.values()
        for variable in found.variables
        for row in variable.rows
        for source in row.sources
    }
    for contract in contracts.values():
        changes = frame_changes(contract) if contract.use == "panel" else ()
        for change in changes:
            if (contract.name, change.column) not in spoken:
                text = _SILENT.fill(column=change.column, before=change.before, after=change.after)
                yield Finding("C-FRAME", contract.name, f"{change.column} {change.after}", text)


def shipped_findings() -> list[Finding]:
    """Return what is wrong with the shipped concordances beside the shipped contracts; nothing if the house is in order."""
    from data.concordance.load import load_concordances

    return findings(load_concordances(), load_contracts())


_NO_CONTRACT = Text(en="there is no contract {name}.", zh="没有名为 {name} 的数据约定。")
_NO_VERSION = Text(
    en="contract {contract} has no instrument version {version} (it has: {known}). Write the row for one of these.",
    zh="数据约定 {contract} 没有工具版本 {version}（现有：{known}）。请按其中之一填写。",
)
_NO_ROW = Text(
    en="no row says how waves {waves} measure it. Add one, or a row with comparability not_available and a note.",
    zh="没有说明轮次 {waves} 如何测量。请补一行；若该轮没有，写 not_available 并附说明。",
)
_TWICE = Text(en="waves {waves} have more than one row.", zh="轮次 {waves} 有多行说明。")
_NO_WAVE = Text(en="waves {waves} are not among those of the instance.", zh="轮次 {waves} 不在该来源的轮次中。")
_NO_COLUMN = Text(en="contract {contract} has no column {columns}.", zh="数据约定 {contract} 没有列 {columns}。")
_NOT_ASKED = Text(
    en="{columns} was not asked in that instrument version of {contract}: write not_available.",
    zh="{contract} 的该工具版本未问 {columns}：请写 not_available。",
)
_MAP = Text(
    en="the recode map and the codes that {source} had in instrument version {version} differ: look at {codes}.",
    zh="重编码映射与 {source} 在工具版本 {version} 的代码不一致：请看 {codes}。",
)
_TARGET = Text(en="leads to codes that the variable does not have: {codes}.", zh="指向变量没有的代码：{codes}。")
_OTHERWISE = Text(
    en="contract {contract} says otherwise how the codes {codes} of {source} read in the next version; make them agree.",
    zh="数据约定 {contract} 对 {source} 的代码 {codes} 另有说明；请使两者一致。",
)
_FRAME = Text(
    en="the codes {codes} of {source} in instrument version {version} are not those of the variable; write a recode, "
    "or make the variable's codes say the same.",
    zh="{source} 在工具版本 {version} 的代码 {codes} 与变量不一致；请写重编码（recode），或修改变量的代码。",
)
_UNIT = Text(
    en="{source} is in {there}, the variable in {here}; write a linear transform.",
    zh="{source} 的单位为 {there}，变量为 {here}；请写线性换算（linear）。",
)
_NOWHERE = Text(en="a break at {wave}, where no row begins.", zh="在 {wave} 声明了断点，但没有行从该处开始。")
_UNTOLD = Text(
    en="from {wave} on it is not comparable with what it was: declare a break there, with a note.",
    zh="自 {wave} 起与之前不可比：请在该处声明断点并附说明。",
)
_SILENT = Text(
    en="the codes of {column} changed from instrument version {before} to {after}, and no concordance speaks of it. Add the "
    "variable to data/concordance with a row for each version.",
    zh="{column} 的代码从工具版本 {before} 到 {after} 已改变，但没有对照表说明。请在 data/concordance 中加入该变量，"
    "每个版本一行。",
)
