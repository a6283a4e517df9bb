"""A new version of a form against the contract of earlier waves: what changed becomes an instrument version.

Belongs here: the contract that holds both, and naming each item whose codes changed. Does not: deciding how old codes read in new
ones: that is a concordance, which a human writes.
"""

from __future__ import annotations

from data.contracts import Column, Contract
from data.contracts.frames import Frame, Instrument, open_changes
from data.contracts.frames import frame as frame_of
from data.forms.draft import Draft, told
from data.messages import Refused, Text


def draft_next_version(before: Contract, draft: Draft, wave: str) -> Draft:
    """Return the earlier contract with the form of `draft` as the instrument version asked from `wave` on.

    Items that both have keep the earlier frame for the earlier versions; new items are absent in those, dropped ones in the new.
    The notes name every item whose codes are gone or mean something else, with the codes whose labels agree as a proposal.

    Raises
    ------
    Refused
        E-FORM-02: the earlier contract has no wave column, the wave has a version, or the form's version is there already.
    """
    new, notes = draft.contract, list(draft.notes)
    version = new.instruments[0].version if new.instruments else new.version
    _check(before, version, wave)
    earlier = before.instruments or (Instrument(version=before.version),)
    joined = _columns(before, new, notes)
    fresh = tuple(each.name for each in new.columns if each.name not in _names(before))
    gone = tuple(each.name for each in before.columns if each.name not in _names(new) and each.source == "file")
    changed = _changed(before, new)
    document = before.model_dump() | {
        "version": _next(before.version),
        "columns": [column.model_dump() for column in joined],
        "instruments": [
            *(_older(each, before, changed, fresh).model_dump() for each in earlier),
            Instrument(
                version=version,
                waves=(wave,),
                codes={name: new.column(name).codes or {} for name in changed},
                absent=gone,
                form_sha256=new.instruments[0].form_sha256 if new.instruments else None,
            ).model_dump(),
        ],
    }
    contract = Contract.model_validate(document)
    return Draft(contract, (*_told_changes(contract), *notes))


def _check(before: Contract, version: str, wave: str) -> None:
    problem = None
    if before.wave_column is None:
        problem = Text(en="has no wave_column", zh="没有 wave_column")
    elif version in [each.version for each in before.instruments]:
        problem = Text(en=f"has instrument version {version} already", zh=f"已有问卷版本 {version}")
    elif any(wave in each.waves for each in before.instruments):
        problem = Text(en=f"has an instrument version for wave {wave}", zh=f"轮次 {wave} 已有问卷版本")
    if problem is not None:
        raise Refused(
            "E-FORM-02",
            Text(
                en=f"The contract {before.name} {problem.en}; a new form cannot be joined to it.",
                zh=f"数据约定 {before.name} {problem.zh}，无法并入新表单。",
            ),
        )


def _names(contract: Contract) -> frozenset[str]:
    return frozenset(column.name for column in contract.columns)


def _changed(before: Contract, new: Contract) -> tuple[str, ...]:
    """Return the columns that both code and whose frames differ."""
    return tuple(
        column.name
        for column in new.columns
        if column.codes
        and column.name in _names(before)
        and before.column(column.name).codes not in (None, column.codes)
    )


def _older(version: Instrument, before: Contract, changed: tuple[str, ...], fresh: tuple[str, ...]) -> Instrument:
    frames: dict[str, Frame] = {name: frame_of(before, name, version) or {} for name in changed}
    return version.model_copy(
        update={"codes": {**version.codes, **frames}, "absent": tuple(dict.fromkeys((*version.absent, *fresh)))}
    )


def _columns(before: Contract, new: Contract, notes: list[Text]) -> list[Column]:
    found: list[Column] = []
    for column in before.columns:
        if column.name not in _names(new):
            found.append(column if column.source != "file" else column.model_copy(update=_optional(before, column)))
            continue
        asked = new.column(column.name)
        if asked.type != column.type:
            notes.append(
                told(
                    "{c}: it was {a} and is {b} in the new form; it stays {a}.",
                    "{c}：原为 {a}，新表单为 {b}；保留 {a}。",
                    c=column.name,
                    a=column.type,
                    b=asked.type,
                )
            )
        codes = {**(column.codes or {}), **(asked.codes or {})} or None
        aliases = tuple(dict.fromkeys((*column.aliases, *asked.aliases)))
        missing = {**asked.missing_codes, **column.missing_codes}
        found.append(column.model_copy(update={"codes": codes, "aliases": aliases, "missing_codes": missing}))
    return [*found, *(_loose(column) for column in new.columns if column.name not in _names(before))]


def _optional(before: Contract, column: Column) -> dict[str, object]:
    return {} if column.name in before.key else {"required": False}


def _loose(column: Column) -> Column:
    """Earlier waves did not ask a new item, so it cannot be required of every row."""
    return column.model_copy(update={"required": False})


def _next(version: str) -> str:
    major, minor = version.split(".")
    return f"{major}.{int(minor) + 1}"


def _told_changes(contract: Contract) -> list[Text]:
    versions = {each.version: each for each in contract.instruments}
    pairs = dict.fromkeys((change.column, change.before, change.after) for change in open_changes(contract))
    notes = []
    for name, before, after in pairs:
        old, new = (frame_of(contract, name, versions[each]) or {} for each in (before, after))
        same = {code: next((now for now, label in new.items() if label == said), None) for code, said in old.items()}
        proposal = ", ".join(f"{code}: {now or '?'}" for code, now in same.items())
        notes.append(
            told(
                "{c}: its codes changed since version {b}; waves of {a} are refused until a concordance is written. By equal"
                " labels it would be {x}.",
                "{c}：编码与版本 {b} 不同；在写出对应关系（concordance）之前，{a} 的数据不予接收。按相同标签应为 {x}。",
                c=name,
                b=before,
                a=after,
                x=proposal,
            )
        )
    return notes
