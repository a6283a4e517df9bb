"""What a codebook shows of few people: nothing, and nothing from which it would follow."""

import itertools
from dataclasses import replace

import pytest

from quality.codebook.counting import Count, Counted, Spread
from quality.codebook.protection import rounded, shown
from quality.disclosure import MIN_CELL

SPREAD = Spread(31.4159, 4.2, (20.0, 25.0, 31.0, 37.0, 44.0), 1.0, 99.0)


def waves(cells):
    """Return wave → total from wave → status → rows; one row a unit."""
    return {wave: Count(sum(found.values()), sum(found.values())) for wave, found in cells.items()}


def variable(cells, codes=None, spread=None):
    valid = sum(found.get(0, 0) for found in cells.values())
    return Counted(
        {wave: {status: Count(rows, rows) for status, rows in found.items()} for wave, found in cells.items()},
        Count(valid, valid),
        {code: Count(rows, rows) for code, rows in (codes or {}).items()},
        valid,
        spread,
    )


def seen(cells, codes=None, spread=None, grade="none", *, protected=True):
    return shown(variable(cells, codes, spread), waves(cells), grade, protected=protected)


def test_large_cells_are_shown_as_they_are():
    (wave,) = seen({"W1": {0: 40, 2: 12}}).waves
    assert (wave.rows, wave.valid, wave.missing) == (52, 40, {2: 12})


def test_a_small_reason_takes_the_smallest_other_cell_with_it():
    (wave,) = seen({"W1": {0: 40, 2: 3, 9: 15}}).waves
    assert (wave.rows, wave.valid, wave.missing) == (58, 40, {2: None, 9: None})


def test_where_there_is_no_other_reason_the_count_of_values_goes():
    (wave,) = seen({"W1": {0: 40, 2: 3}}).waves
    assert (wave.rows, wave.valid, wave.missing) == (43, None, {2: None})


def test_a_wave_of_few_people_is_not_told_at_all():
    (wave,) = seen({"W1": {0: 5, 2: 4}}).waves
    assert (wave.rows, wave.valid, wave.missing) == (None, None, {2: None})


def test_no_small_cell_follows_from_the_cells_shown():
    """Whatever is hidden sums to at least MIN_CELL over at least two cells, or nothing is hidden."""
    for cells in itertools.product([0, 1, 4, 9, 10, 30], repeat=4):
        found = {status: rows for status, rows in zip((0, 1, 2, 9), cells, strict=True) if rows}
        (wave,) = seen({"W1": found}).waves
        told = {0: wave.valid, **wave.missing}
        assert all(rows is None or rows == 0 or rows >= MIN_CELL for rows in told.values()), cells
        hidden = [found[status] for status in found if told[status] is None]
        if hidden and wave.rows is not None and len(found) > 1:
            assert len(hidden) > 1, cells
            assert sum(hidden) >= MIN_CELL, cells


def test_codes_are_held_where_a_waves_count_is():
    """The total over codes less the waves that are shown would be the wave that is not."""
    told = seen({"W1": {0: 40, 2: 3}, "W2": {0: 50}}, codes={"1": 45, "2": 45})
    assert (dict(told.codes), told.held, told.holds_back) == ({}, True, True)
    free = seen({"W1": {0: 40}, "W2": {0: 50}}, codes={"1": 45, "2": 45})
    assert (dict(free.codes), free.holds_back) == ({"1": 45, "2": 45}, False)


def test_a_rare_code_takes_the_smallest_other_with_it():
    assert seen({"W1": {0: 90}}, codes={"1": 3, "2": 60, "3": 27}).codes == {"1": None, "2": 60, "3": None}


@pytest.mark.parametrize(("units", "places"), [(9, []), (19, []), (20, ["p50"]), (40, ["p25", "p50", "p75"]), (100, 5)])
def test_a_quantile_needs_enough_people_on_either_side(units, places):
    told = seen({"W1": {0: units}}, spread=SPREAD)
    assert (len(told.quantiles) if isinstance(places, int) else sorted(told.quantiles)) == places
    assert (told.least, told.greatest, told.distinct) == (None, None, None)
    assert (told.mean is None) == (units < MIN_CELL)


def test_means_of_people_have_three_digits():
    assert seen({"W1": {0: 100}}, spread=SPREAD).mean == 31.4
    assert rounded(0.00123456) == 0.00123


@pytest.mark.parametrize(("by_unit", "told"), [((1000.0, 120.0, 90.0), True), ((1000.0, 800.0, 130.0), False)])
def test_no_mean_that_two_organisations_make(by_unit, told):
    found = seen({"W1": {0: 100}}, spread=replace(SPREAD, by_unit=by_unit))
    assert (found.mean is not None, found.sd is not None) == (told, told)
    assert found.quantiles


def test_of_a_direct_identifier_nothing_but_counts():
    told = seen({"W1": {0: 400}}, codes={"A": 400}, spread=SPREAD, grade="direct")
    assert (dict(told.codes), told.mean, told.held) == ({}, None, True)


def test_areas_are_told_whole():
    told = seen({"2014": {0: 3, 15: 2}}, spread=SPREAD, protected=False)
    assert (told.waves[0].valid, told.waves[0].missing, told.least, told.greatest) == (3, {15: 2}, 1.0, 99.0)
