"""Judging tables: own cells (R1, R2, R3, R13), cells that would give them away (R4), earlier releases (R5), rounding (R6).

Belongs here: the order of the rules for counts, sums and histograms. Does not: the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import Any

from quality.disclosure.cells import small, telling, with_margins
from quality.disclosure.complementary import Pattern, pattern
from quality.disclosure.differencing import Earlier, compared
from quality.disclosure.dominance import dominated
from quality.disclosure.interval import Wanted
from quality.disclosure.outputs import TOTAL, Amount, Cell, CountTable, Histogram, Key, MagnitudeTable
from quality.disclosure.policy import Policy
from quality.disclosure.rounding import figures, to_base
from quality.disclosure.system import system_of
from quality.disclosure.verdict import Decision, Released, accepted, refused, reviewed

RULE_CODES = {"R1": "E-SDC-01", "R2": "E-SDC-02", "R3": "E-SDC-03", "R13": "E-SDC-13"}


def judge_counts(output: CountTable, policy: Policy, earlier: Earlier | None = None) -> Decision:
    """Judge a table of counts."""
    if output.about.unit == "nobody":
        open_cells = with_margins(output.cells)
        return accepted(Released("counts", output.about, {key: cell.count for key, cell in open_cells.items()}, {}))
    cells = with_margins(output.cells)
    if not all(_sound(cell) for cell in cells.values()):
        return refused("R17", "E-SDC-17", what=output.about.measure, kind="cells")
    primary = {key: rule for key, cell in cells.items() if (rule := small(cell, output.about, policy))}
    if output.sensitive:
        primary |= dict.fromkeys((key for key in telling(cells, policy.class_share) if key not in primary), "R2")
    change = compared(output, cells, policy, earlier)
    if change.holds:
        words = {"what": output.about.measure, "threshold": policy.threshold}
        return refused("R5", "E-SDC-05", evidence=change.evidence, **words)
    wanted = {key: Wanted(policy.threshold * _per_unit(cells[key])) for key in primary}
    stays = {key for key, cell in cells.items() if cell.structural and cell.count == 0} | _fixed(output, cells)
    system = system_of(
        {key: float(cell.count) for key, cell in cells.items()}, stays=stays | change.known - set(primary)
    )
    held = pattern(system, wanted, policy)
    shown = {key: cell.count + change.noise.get(key, 0) for key, cell in cells.items() if key not in held.hidden}
    return _told(output, policy, primary, held, _rounded(shown, cells, policy))


def _sound(cell: Cell) -> bool:
    return 0 <= cell.units <= cell.count if cell.count else cell.units == 0


def _per_unit(cell: Cell) -> int:
    """Return how many of what is counted one unit stands for, rounded up: where rows are printed, ten rows are not ten units."""
    return max(1, ceil(cell.count / cell.units)) if cell.units else 1


def _fixed(output: CountTable | MagnitudeTable, cells: Mapping[Key, object]) -> frozenset[Key]:
    """Return what is known anyway: what the output says is printed elsewhere, and how many there are in all."""
    everything = (TOTAL,) * len(output.dims)
    return output.known | ({everything} & set(cells))


def _rounded(shown: Mapping[Key, int], cells: Mapping[Key, Cell], policy: Policy) -> dict[Key, int | None]:
    """Return the rounded counts; a margin all of whose cells are shown is the sum of theirs, so that the table adds up."""
    fine = {key: to_base(max(0, count), policy.rounding_base) for key, count in shown.items() if TOTAL not in key}
    told: dict[Key, int | None] = {}
    for key in cells:
        parts = [cell for cell in cells if TOTAL not in cell and _within(cell, key)]
        if key not in shown:
            told[key] = None
        elif TOTAL in key and parts and all(part in fine for part in parts):
            told[key] = sum(fine[part] for part in parts)
        else:
            told[key] = to_base(max(0, shown[key]), policy.rounding_base)
    return told


def _within(cell: Key, margin: Key) -> bool:
    return all(name in (TOTAL, own) for name, own in zip(margin, cell, strict=True))


def judge_magnitudes(output: MagnitudeTable, policy: Policy, earlier: Earlier | None = None) -> Decision:
    """Judge a table of sums or means: dominance besides, and no sum worked out to within a tenth."""
    about, amounts = output.about, output.cells
    if about.unit == "nobody":
        return accepted(Released("magnitudes", about, {key: _print(output, item) for key, item in amounts.items()}, {}))
    if any(item.mixed for item in amounts.values()):
        return reviewed("R3", "R-SDC-03", what=about.measure)
    if not all(_sound(item.cell) and 0 <= item.second <= item.largest for item in amounts.values()):
        return refused("R17", "E-SDC-17", what=about.measure, kind="cells")
    cells = {key: item.cell for key, item in amounts.items()}
    primary = {key: rule for key, cell in cells.items() if (rule := small(cell, about, policy))}
    primary |= {key: "R3" for key, item in amounts.items() if key not in primary and dominated(item, policy)}
    change = compared(output, cells, policy, earlier)
    if change.holds or change.noise:
        return refused("R5", "E-SDC-05", evidence=change.evidence, what=about.measure, threshold=policy.threshold)
    sums = _sums(amounts)
    near = {key: policy.protection * abs(sums[key]) for key in primary}
    wanted = {key: Wanted(0.0, near[key], near[key]) for key in primary}
    stays = (output.known | change.known) - set(primary)
    held = pattern(system_of(sums, stays=stays, prior=policy.prior), wanted, policy)
    shown = {
        key: None if key in held.hidden else figures(_print(output, item), policy.magnitude_figures)
        for key, item in amounts.items()
    }
    return _told(output, policy, primary, held, shown)


def _sums(amounts: Mapping[Key, Amount]) -> dict[Key, float]:
    """Return sums of all cells, and of margins that are not given: whoever knows all cells knows them."""
    found = {key: item.total for key, item in amounts.items()}
    made = with_margins({key: Cell(0, 0) for key in amounts})
    for margin in made.keys() - found.keys():
        found[margin] = sum(item.total for key, item in amounts.items() if TOTAL not in key and _within(key, margin))
    return found


def _print(output: MagnitudeTable, item: Amount) -> float:
    return item.total if output.show == "sum" or not item.cell.count else item.total / item.cell.count


def _told(
    output: CountTable | MagnitudeTable,
    policy: Policy,
    primary: Mapping[Key, str],
    held: Pattern,
    values: Mapping[Key, Any],
) -> Decision:
    """Return the decision: refused where nothing of the table is left."""
    counted = Counter(primary.values())
    evidence = {"primary": dict(counted), "added": len(held.added), "rounds": held.rounds, "ranges": dict(held.ranges)}
    words = {"what": output.about.measure, "threshold": policy.threshold}
    if all(value is None for value in values.values()):
        rule = counted.most_common(1)[0][0] if counted and len(primary) == len(values) else "R4"
        code = RULE_CODES.get(rule, "E-SDC-04")
        return refused(rule, code, evidence=evidence, n=counted.get(rule, 0), **words)
    reasons = {key: primary.get(key, "R4") for key, value in values.items() if value is None}
    kind = "counts" if isinstance(output, CountTable) else "magnitudes"
    return accepted(Released(kind, output.about, dict(values), reasons), evidence)


def judge_histogram(output: Histogram, policy: Policy) -> Decision:
    """Judge a histogram as a table of counts; edges that are somebody's values are refused (R8)."""
    if output.edges_of_data or len(output.edges) != len(output.cells) + 1:
        return refused("R8", "E-SDC-08", what=output.about.measure, n=len(output.edges), threshold=policy.threshold)
    names = [f"{low:g}:{high:g}" for low, high in zip(output.edges, output.edges[1:], strict=False)]
    cells: dict[Key, Cell] = {(name,): cell for name, cell in zip(names, output.cells, strict=True)}
    return judge_counts(CountTable(output.about, ("bin",), cells), policy)
