"""Random tables, and readers who attack them: written apart from the engine, from what is printed alone.

Belongs here: tables, an attacker by linear programming over the cells, a judge who goes through all tables of whole numbers.
"""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from quality.disclosure.gate import decide
from quality.disclosure.outputs import TOTAL, About, Cell, CountTable

T = 10
CODINGS = ("string", "integer", "boolean", "category")


def random_table(seed, dims):
    """Return a table of counts: 2 to 8 levels a side (5 in three dimensions), from sparse to full."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 9 if dims == 2 else 6, size=dims))
    counts = rng.poisson(rng.gamma(rng.choice([0.4, 1.2, 4.0]), rng.choice([8.0, 20.0, 60.0]), size=shape))
    return {tuple(f"l{place}" for place in key): int(counts[key]) for key in product(*map(range, shape))}


def cells_of(counts):
    return {key: Cell(count, count) for key, count in counts.items()}


def margins(counts):
    """Return every margin's count."""
    found = {}
    for key, count in counts.items():
        for kept in product((True, False), repeat=len(key)):
            if not all(kept):
                margin = tuple(name if keep else TOTAL for name, keep in zip(key, kept, strict=True))
                found[margin] = found.get(margin, 0) + count
    return found


def printed(counts):
    """Return what the gate shows, in exact numbers, which is more than it prints: rounding comes on top."""
    every = counts | margins(counts)
    width = len(next(iter(counts)))
    decision = decide(CountTable(About("people", "panel"), tuple("abc"[:width]), cells_of(counts)))
    if decision.released is None:
        return {}
    return {key: every[key] for key, value in decision.released.values.items() if value is not None}


def unprotected(counts):
    """Return what is shown when only small cells and small margins are held back."""
    return {key: count for key, count in (counts | margins(counts)).items() if count >= T}


def attacked(counts, shown):
    """Return the cells of 0 to 9 units that a reader works out to within fewer than ten units."""
    keys = list(counts)
    place = {key: number for number, key in enumerate(keys)}
    known = [key for key in shown if TOTAL in key]
    sums = np.zeros((len(known), len(keys)))
    for row, margin in enumerate(known):
        for key in keys:
            sums[row, place[key]] = all(name in (TOTAL, own) for name, own in zip(margin, key, strict=True))
    totals = np.array([shown[margin] for margin in known], dtype=float)
    bounds = [(shown[key], shown[key]) if key in shown else (0, None) for key in keys]
    small = [key for key, count in counts.items() if count < T]
    return [key for key in small if key in shown or (known and _width(sums, totals, bounds, place[key]) < T - 1e-6)]


def _width(sums, totals, bounds, where):
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(len(bounds))
        aim[where] = sign
        found = linprog(aim, A_eq=sums, b_eq=totals, bounds=bounds, method="highs")
        if found.status == 3:
            return np.inf
        assert found.status == 0
        ends.append(found.x[where])
    return ends[1] - ends[0]


def whole_number_widths(counts, shown):
    """Return for each cell held back its greatest less its least value over every table of whole numbers that fits.

    Rows are taken one after another; what is left of the columns and of the total is all that the rest depends on.
    """
    rows = sorted({key[0] for key in counts})
    columns = sorted({key[1] for key in counts})
    total = shown.get((TOTAL, TOTAL))
    if total is None:
        return {}
    start = (*(shown.get((TOTAL, column), -1) for column in columns), total)
    ways, reached = [], [{start}]
    for row in rows:
        fills = {state: list(_fills(row, columns, state, shown)) for state in reached[-1]}
        ways.append(fills)
        reached.append({after for found in fills.values() for _, after in found})
    good = {state for state in reached[-1] if all(left in (0, -1) for left in state[:-1]) and state[-1] == 0}
    seen = {}
    for row, fills in zip(reversed(rows), reversed(ways), strict=True):
        before = set()
        for state, found in fills.items():
            for values, after in found:
                if after in good:
                    before.add(state)
                    for column, value in zip(columns, values, strict=True):
                        low, high = seen.get((row, column), (value, value))
                        seen[row, column] = min(low, value), max(high, value)
        good = before
    return {key: high - low for key, (low, high) in seen.items() if key not in shown}


def _fills(row, columns, state, shown):
    """Yield each way to fill a row, and what is left after it."""
    fixed = [shown.get((row, column)) for column in columns]
    wanted = shown.get((row, TOTAL))

    def go(place, values, left):
        if left < 0 or (wanted is not None and sum(values) > wanted):
            return
        if place == len(columns):
            if wanted is None or sum(values) == wanted:
                after = tuple(s if s == -1 else s - v for s, v in zip(state[:-1], values, strict=True))
                yield tuple(values), (*after, left)
            return
        room = left if state[place] == -1 else min(left, state[place])
        options = range(room + 1) if fixed[place] is None else ([fixed[place]] if fixed[place] <= room else [])
        for value in options:
            yield from go(place + 1, [*values, value], left - value)

    yield from go(0, [], state[-1])


def small_table(seed):
    """Return a table of at most 4 by 4 with few small cells, so that all tables of whole numbers can be gone through."""
    rng = np.random.default_rng(10_000 + seed)
    shape = tuple(rng.integers(2, 5, size=2))
    counts = np.where(rng.random(shape) < 0.2, rng.integers(0, 10, size=shape), rng.integers(10, 16, size=shape))
    return {tuple(f"l{place}" for place in key): int(counts[key]) for key in product(*map(range, shape))}
