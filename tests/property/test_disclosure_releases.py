"""Two releases that differ by one to nine people tell nothing of them, and they do without the ledger."""

import pytest

from quality.disclosure.gate import decide
from tests.disclosure.pairs import earlier, held, pair, precision, subtracted

SHARE, MARGIN, MOST_TELLING = 0.3, 0.15, 0.05


def leaks(seeds):
    found = [pair(seed) for seed in seeds]
    kept = sum(not held(second, earlier(first)) for first, second in found)
    return kept, sum(decide(second).released is not None for _, second in found)


@pytest.mark.integration
def test_a_sample_of_pairs():
    assert leaks(range(60)) == (0, 60)


@pytest.mark.slow
def test_a_thousand_pairs():
    assert leaks(range(1000)) == (0, 1000)


@pytest.mark.slow
def test_a_reader_who_subtracts_two_noised_releases_learns_little():
    assert precision(subtracted(20_000, noised=True), MOST_TELLING) <= SHARE + MARGIN
    assert precision(subtracted(20_000, noised=False), MOST_TELLING) > SHARE + MARGIN
