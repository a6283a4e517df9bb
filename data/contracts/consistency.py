"""Whether the parts of a contract fit each other: routing, splits, instrument versions, concordances.

Belongs here: checks of a column against its type and of columns against each other, as ValueErrors that the
model tells. Does not: names, patterns, time zones (model).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.contracts.frames import Concordance, frame
from data.contracts.routing import RoutingError, mentioned, parse

if TYPE_CHECKING:
    from data.contracts.model import Column, Contract


def check_type(column: Column) -> None:
    """Refuse what does not go with the column's type: ranges, dates in parts, identifiers, bounds, splits."""
    numeric = column.type in ("integer", "number")
    dated = column.type in ("date", "timestamp")
    bounds, split = column.between_waves, column.split
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        raise ValueError(f"column {column.name}: minimum {column.minimum} is above maximum {column.maximum}")
    identifies = column.type == "string" and column.pattern is not None and column.source == "file" and not column.parts
    fits = {
        f"a range needs type integer or number, not {column.type}": numeric
        or (column.minimum is None and column.maximum is None),
        f"parts make up a date or timestamp, not {column.type}": dated or not column.parts,
        "a direct identifier is a string from the file with a pattern, without which a lost leading zero is not seen": identifies
        or not column.is_replaced,
        f"a bounded change needs type integer or number, not {column.type}": numeric
        or bounds is None
        or bounds.constant,
        f"a price base needs a number, not {column.type}": numeric or column.price_base is None,
        f"date_order needs type date or timestamp, not {column.type}": dated or column.date_order == "ymd",
        "a split choice is a boolean, a split place a number": split is None
        or column.type == ("boolean" if split.choice is not None else "number"),
    }
    for told, holds in fits.items():
        if not holds:
            raise ValueError(f"column {column.name}: {told}")


def check_references(column: Column, names: frozenset[str]) -> None:
    """Refuse a split or a routing condition that names columns which are not declared."""
    if column.split is not None and column.split.of not in names:
        raise ValueError(f"column {column.name}: split of {column.split.of}, which is not declared")
    if column.asked_if is None:
        return
    try:
        lost = sorted(mentioned(parse(column.asked_if)) - names)
    except RoutingError as error:
        raise ValueError(f"column {column.name}: asked_if: {error}") from error
    if lost:
        raise ValueError(f"column {column.name}: asked_if names columns that are not declared: {lost}")


def check_instruments(contract: Contract) -> None:
    """Refuse instrument versions and concordances that contradict each other or the columns."""
    versions = [instrument.version for instrument in contract.instruments]
    waves = [wave for instrument in contract.instruments for wave in instrument.waves]
    open_ended = [instrument.version for instrument in contract.instruments if not instrument.waves]
    twice = sorted({each for found in (versions, waves) for each in found if found.count(each) > 1})
    if twice:
        raise ValueError(f"contract {contract.name}: instrument versions or waves that stand twice: {twice}")
    if len(open_ended) > 1:
        raise ValueError(
            f"contract {contract.name}: only one instrument version may leave its waves open: {open_ended}"
        )
    if contract.instruments and contract.wave_column is None:
        raise ValueError(f"contract {contract.name}: instruments need a wave_column")
    if contract.instrument_column is not None and not contract.instruments:
        raise ValueError(f"contract {contract.name}: instrument_column without instruments")
    known = {column.name: column.codes for column in contract.columns}
    for instrument in contract.instruments:
        for item, codes in instrument.codes.items():
            strange = sorted(set(codes) - set(known.get(item) or ()))
            if strange:
                raise ValueError(
                    f"contract {contract.name}: instrument {instrument.version}: {item} does not declare the codes {strange}"
                )
        lost = sorted(set(instrument.absent) - set(known))
        if lost:
            raise ValueError(
                f"contract {contract.name}: instrument {instrument.version}: absent columns not declared: {lost}"
            )
    for concordance in contract.concordances:
        _check_concordance(contract, concordance)


def _check_concordance(contract: Contract, concordance: Concordance) -> None:
    """Refuse a concordance that leaves out an earlier code or leads to an unknown one."""
    where = f"contract {contract.name}: concordance of {concordance.column}"
    versions = {instrument.version: instrument for instrument in contract.instruments}
    lost = sorted({concordance.before, concordance.after} - set(versions))
    if lost or concordance.column not in [column.name for column in contract.columns]:
        raise ValueError(f"{where}: the column or the instrument versions {lost} are not declared")
    before = set(frame(contract, concordance.column, versions[concordance.before]) or ())
    after = set(frame(contract, concordance.column, versions[concordance.after]) or ())
    silent = sorted(before ^ set(concordance.pairs))
    strange = sorted({code for code in concordance.pairs.values() if code is not None} - after)
    if silent or strange:
        raise ValueError(
            f"{where}: pairs must name each code of {concordance.before} and lead to codes of {concordance.after}; "
            f"look at {silent + strange}"
        )
