"""Pairs of releases that differ by one to nine people, and a reader who subtracts one from the other.

Belongs here: pairs, the reader's simulation. Does not: judging (the engine), or the reader's success (tests).
"""

from collections import Counter
from functools import cache
from types import SimpleNamespace

import numpy as np

from quality.disclosure.differencing import Earlier, Past, PastTable
from quality.disclosure.gate import decide
from quality.disclosure.noise import SPAN, noise_of, unit_key
from quality.disclosure.outputs import About
from quality.disclosure.rounding import to_base
from quality.disclosure.tally import Rows, count_table

KEY = b"k" * 32
ABOUT = About("people by answer", "panel", release_id="R2")


def table(units, answers):
    return count_table(ABOUT, Rows(units, {"answer": answers}), key=KEY)


def pair(seed):
    """Return a table, and the same after one to nine people left, joined, or answered otherwise."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(80, 160))
    units, answers = [f"p{place}" for place in range(n)], list(rng.integers(0, 3, n))
    changed = int(rng.integers(1, 10))
    first = table(units, answers)
    way = seed % 3
    if way == 0:  # withdrawn
        return first, table(units[changed:], answers[changed:])
    if way == 1:  # added
        return first, table([*units, *(f"q{place}" for place in range(changed))], [*answers, *[0] * changed])
    moved = [(answer + 1) % 3 if place < max(1, changed // 2) else answer for place, answer in enumerate(answers)]
    return first, table(units, moved)


def earlier(output, *, noise=None, erased=0):
    """Return what a ledger holds of a released table."""
    released = decide(output).released
    cells = {
        key: Past(cell.members, erased, released.values[key], noise) for key, cell in output.cells.items()
    }  # fmt: skip
    return Earlier((PastTable("R1", ABOUT.measure, cells),), KEY)


@cache
def keys(count):
    return [unit_key(KEY, member) for member in range(count)]


def subtracted(trials, *, noised, seed=1):
    """Return over trials what a reader sees when one person withdraws: (difference of the printed counts, was it their answer).

    Of 200 people three in ten gave the answer; the reader knows who withdrew, and nothing else.
    """
    rng = np.random.default_rng(seed)
    pool, found = keys(20_000), []
    for _ in range(trials):
        people = [pool[place] for place in rng.integers(0, len(pool), 200)]
        n = int(rng.binomial(200, 0.3))
        inside, population = sum(people[:n]) % SPAN, sum(people) % SPAN
        gone = int(rng.integers(0, 200))
        was = gone < n
        after = SimpleNamespace(
            n=n - was, cell=(inside - was * people[gone]) % SPAN, population=(population - people[gone]) % SPAN
        )
        noises = (noise_of(KEY, inside, population, n), noise_of(KEY, after.cell, after.population, after.n))
        first, second = (to_base(c + e * noised, 5) for c, e in zip((n, after.n), noises, strict=True))
        found.append((second - first, was))
    return found


def precision(seen, coverage):
    """Return how often a reader is right who claims "it was their answer" for the most telling part of the trials."""
    hits, totals = Counter(), Counter()
    for difference, was in seen:
        totals[difference] += 1
        hits[difference] += was
    claimed = right = 0
    for difference in sorted(totals, key=lambda item: hits[item] / totals[item], reverse=True):
        claimed, right = claimed + totals[difference], right + hits[difference]
        if claimed >= coverage * len(seen):
            break
    return right / claimed


def held(output, before):
    decision = decide(output, earlier=before)
    return decision.released is None and decision.verdict.rule == "R5"
