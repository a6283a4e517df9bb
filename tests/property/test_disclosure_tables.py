"""No cell of 0 to 9 units follows from what the gate shows of a table, and it does from small cells held back alone."""

import pytest

from tests.disclosure.tables import (
    T,
    attacked,
    printed,
    random_table,
    small_table,
    unprotected,
    whole_number_widths,
)

MOST_HIDDEN = 6
"""All fillings of so many cells are gone through in a fraction of a second."""


def leaks(seeds, dims):
    """Return how many small cells are found of what the gate shows, and of a fifth of the tables without its help."""
    tables = [random_table(seed, dims) for seed in seeds]
    kept = sum(len(attacked(table, printed(table))) for table in tables)
    return kept, sum(len(attacked(table, unprotected(table))) for table in tables[::5])


@pytest.mark.integration
def test_a_sample_of_tables():
    kept, control = leaks(range(40), 2)
    assert kept == 0
    assert control > 12


@pytest.mark.integration
def test_a_sample_of_tables_in_three_dimensions():
    kept, control = leaks(range(2), 3)
    assert kept == 0
    assert control > 3


@pytest.mark.slow
def test_a_thousand_tables_give_nothing_away():
    kept, control = leaks(range(1000), 2)
    assert kept == 0
    assert control > 500


@pytest.mark.slow
def test_two_hundred_tables_in_three_dimensions_give_nothing_away():
    kept, control = leaks(range(200), 3)
    assert kept == 0
    assert control > 200


def gone_through(wanted):
    """Return how many small cells are known to within fewer than ten units, by every table of whole numbers that fits."""
    narrow, judged = {printed: 0, unprotected: 0}, 0
    for table in map(small_table, range(20 * wanted)):
        shown = {way: way(table) for way in narrow}
        hidden = sum(key not in shown[printed] for key in table)
        if judged == wanted:
            break
        if not 1 <= hidden <= MOST_HIDDEN:
            continue
        judged += 1
        for way, numbers in shown.items():
            widths = whole_number_widths(table, numbers)
            narrow[way] += sum(widths.get(key, T) < T for key, count in table.items() if count < T)
    assert judged == wanted
    return narrow[printed], narrow[unprotected]


@pytest.mark.integration
def test_every_table_that_fits_twenty():
    kept, control = gone_through(20)
    assert kept == 0
    assert control > 3


@pytest.mark.slow
def test_every_table_that_fits_two_hundred():
    kept, control = gone_through(200)
    assert kept == 0
    assert control > 100
