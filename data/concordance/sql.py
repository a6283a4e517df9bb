"""A concordance as SQL: one select per instance, one expression per variable for value, status and comparability.

Belongs here: row → portable SQL text (DuckDB and Spark alike). Does not: which rows must be there (check), files (write).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.concordance.model import EVERY, Concordance, Instance, Kind, Row, Variable
from data.concordance.transforms import Bands, Linear, Recode
from data.concordance.waves import runs
from data.contracts import Contract, load_contract
from data.contracts.frames import Instrument
from data.contracts.model import MISSING_STATUS

SQL_TYPES: dict[Kind, str] = {
    "string": "string",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
}
STATUS, COMPARED = "__st", "__cmp"
LOST = {"recode": MISSING_STATUS["edited_to_missing"], "bands": MISSING_STATUS["implausible"]}
"""The status of a value that a transform leaves without one."""
COLUMN_INDENT = " " * 8


def model_sql(found: Concordance) -> str:
    """Return the dbt model of a concordance."""
    blocks = [f"{each.id} as (\n\n    select * from {{{{ ref('{each.model}') }}}}\n\n)" for each in found.instances]
    blocks += [f"{each.id}_harmonised as (\n\n{_select(found, each)}\n\n)" for each in found.instances]
    union = "\n    union all\n".join(f"    select * from {each.id}_harmonised" for each in found.instances)
    blocks.append(f"final as (\n\n{union}\n\n)")
    head = f"-- Made from data/concordance/{found.name}.yml by `python -m data.concordance.write`; change that file.\n"
    return head + "with " + ",\n\n".join(blocks) + "\n\nselect * from final\n"


def columns_of(found: Concordance) -> list[str]:
    """Return the columns of the model in order."""
    triples = [[name.name, name.name + STATUS, name.name + COMPARED] for name in found.variables]
    return ["instance", *found.key, *found.carried, *(name for triple in triples for name in triple)]


def _select(found: Concordance, instance: Instance) -> str:
    contract = load_contract(instance.contract)
    said = [f"cast('{instance.id}' as string) as instance", *_plain(found, instance)]
    for variable in found.variables:
        rows = [row for row in variable.rows if row.instance == instance.id]
        branches = [(_condition(found, instance, contract, row), row) for row in rows]
        kind = SQL_TYPES[variable.type]
        values = [(when, _value(variable, row)) for when, row in branches]
        statuses = [(when, _status(variable, row, contract)) for when, row in branches]
        compared = [(when, f"cast('{row.comparability}' as string)") for when, row in branches]
        said.append(_column(values, variable.name, f"cast(null as {kind})"))
        said.append(_column(statuses, variable.name + STATUS, "cast(null as bigint)"))
        said.append(_column(compared, variable.name + COMPARED, "cast(null as string)"))
    lines = ",\n".join(COLUMN_INDENT + column for column in said)
    return f"    select\n{lines}\n    from {instance.id}"


def _plain(found: Concordance, instance: Instance) -> Iterable[str]:
    wave_kind = SQL_TYPES[found.wave_type]
    for name in (*found.key, *found.carried):
        there = instance.columns.get(name, name)
        if name == found.wave and instance.fixed is not None:
            yield f"cast({_literal(instance.fixed, found.wave_type)} as {wave_kind}) as {name}"
        elif name == found.wave:
            yield f"cast({instance.wave} as {wave_kind}) as {name}"
        else:
            yield name if there == name else f"{there} as {name}"


def _column(branches: Sequence[tuple[str | None, str]], name: str, nothing: str) -> str:
    """Return one column: the only branch, or a case over conditions, the one without a condition last."""
    ordered = sorted(branches, key=lambda branch: branch[0] is None)
    if not ordered or (len(ordered) == 1 and ordered[0][0] is None):
        return f"{ordered[0][1] if ordered else nothing} as {name}"
    inner = COLUMN_INDENT + "    "
    lines = [f"{inner}{'else' if when is None else f'when {when} then'} {told}" for when, told in ordered]
    return "\n".join(["case", *lines, f"{COLUMN_INDENT}end as {name}"])


def _condition(found: Concordance, instance: Instance, contract: Contract, row: Row) -> str | None:
    """Return when a row holds; None where it is the only one or the one that takes the rest."""
    if instance.fixed is not None:
        return None
    waves = row.waves or _waves_of(contract, row.instrument)
    return _in_waves(str(instance.wave), waves, found.wave_type) if waves else None


def _waves_of(contract: Contract, version: str) -> tuple[str, ...]:
    if version == EVERY:
        return ()
    found: Instrument = {each.version: each for each in contract.instruments}[version]
    return found.waves


def _in_waves(column: str, waves: Sequence[str], kind: Kind) -> str:
    if kind == "string":
        listed = ", ".join(_literal(wave, kind) for wave in waves)
        return f"{column} in ({listed})" if len(waves) > 1 else f"{column} = {listed}"
    parts = [
        f"{column} = {first}" if first == last else f"{column} between {first} and {last}"
        for first, last in runs(sorted(waves, key=int))
    ]
    return " or ".join(parts)


def _value(variable: Variable, row: Row) -> str:
    kind, transform = SQL_TYPES[variable.type], row.transform
    if not row.sources:
        return f"cast(null as {kind})"
    source = row.sources[0]
    if isinstance(transform, Linear):
        added = f" + {transform.offset!r}" if transform.offset else ""
        return f"cast({source} * {transform.factor!r}{added} as {kind})"
    if isinstance(transform, Recode):
        return f"cast({_recoded(source, transform, variable.type)} as {kind})"
    if isinstance(transform, Bands):
        return f"cast({_banded(source, transform, variable.type)} as {kind})"
    if transform.kind == "first_present":
        return f"cast(coalesce({', '.join(row.sources)}) as {kind})"
    return f"cast({source} as {kind})"


def _recoded(source: str, transform: Recode, kind: Kind) -> str:
    pairs = " ".join(
        f"when {_text(before)} then {_literal(after, kind)}"
        for before, after in transform.map.items()
        if after is not None
    )
    return f"case cast({source} as string) {pairs} end"


def _banded(source: str, transform: Bands, kind: Kind) -> str:
    parts = []
    for band in transform.bands:
        ends = [
            f"{source} {sign} {end!r}" for sign, end in ((">=", band.at_least), ("<", band.below)) if end is not None
        ]
        parts.append(f"when {' and '.join(ends) or f'{source} is not null'} then {_literal(band.code, kind)}")
    return f"case {' '.join(parts)} end"


def _status(variable: Variable, row: Row, contract: Contract) -> str:
    if not row.sources:
        return f"cast({row.absent_status} as bigint)"
    first = row.sources[0]
    why = _why(first, row, contract)
    if row.transform.kind == "first_present":
        told = f"case when coalesce({', '.join(row.sources)}) is not null then 0 else {why} end"
    elif row.transform.kind in LOST:
        lost = LOST[row.transform.kind]
        told = f"case when {first} is null then {why} when {_value(variable, row)} is null then {lost} else 0 end"
    elif contract.column(first).has_status:
        told = why
    else:
        told = f"case when {first} is null then {why} else 0 end"
    return f"cast({told} as bigint)"


def _why(source: str, row: Row, contract: Contract) -> str:
    return f"{source}{STATUS}" if contract.column(source).has_status else str(row.absent_status)


def _literal(value: str, kind: Kind) -> str:
    return _text(value) if kind in ("string", "date") else value


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
