"""What pages show of a table of counts: against small cells, and against what rows and columns give away."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.disclosure import MIN_CELL, About, line_held
from quality.disclosure.outputs import Amount, Cell
from quality.disclosure.pages import counts_shown, means_shown

COUNTS = st.integers(0, 40)
ABOUT = About("people", "panel_individual_wave")


def tables():
    """Return tables of two to four rows and columns."""
    sizes = st.tuples(st.integers(2, 4), st.integers(2, 4))
    return sizes.flatmap(lambda size: st.lists(COUNTS, min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda values: dict(zip(((str(a), str(b)) for a, b in product(range(size[0]), range(size[1]))), values, strict=True))
    ))  # fmt: skip


@pytest.mark.integration
@given(tables())
@settings(max_examples=20, deadline=None)
def test_no_row_and_no_column_gives_a_small_cell_away(counts):
    shown = counts_shown(ABOUT, ("a", "b"), counts)
    assert {cell for cell, count in counts.items() if count < MIN_CELL} <= {c for c, v in shown.items() if v is None}
    assert all(shown[cell] is None or abs(shown[cell] - count) <= 2.5 for cell, count in counts.items())


def test_what_is_large_is_shown_and_an_impossible_zero_too():
    counts = {("a", "x"): 40, ("a", "y"): 0, ("b", "x"): 15, ("b", "y"): 30}
    assert counts_shown(ABOUT, ("a", "b"), counts, impossible=[("a", "y")]) == counts
    assert set(counts_shown(ABOUT, ("a", "b"), counts).values()) == {None}


def test_nothing_counted_is_nothing_shown():
    assert counts_shown(ABOUT, ("a",), {}) == {}


@pytest.mark.parametrize(("counts", "told"), [((95, 10), False), ((60, 40), True)])
def test_a_sensitive_row_in_which_all_did_the_same_is_not_shown(counts, told):
    table = {
        ("a", "x"): counts[0],
        ("a", "y"): counts[1],
        ("b", "x"): 50,
        ("b", "y"): 50,
        ("c", "x"): 70,
        ("c", "y"): 65,
    }
    shown = counts_shown(ABOUT, ("a", "b"), table, sensitive=True)
    assert (shown[("a", "x")] is not None) is told


def test_a_mean_that_one_organisation_dominates_is_not_shown():
    about = About("turnover", "panel_organisation_quarter", unit="organisation")
    even = Amount(1000.0, Cell(40, 40), 90.0, 80.0)
    amounts = {("a",): even, ("b",): even, ("c",): Amount(1000.0, Cell(40, 40), 940.0, 10.0), ("d",): even}
    shown = means_shown(about, ("arm",), amounts)
    assert shown[("c",)] is None
    assert any(value == 25.0 for value in shown.values())


@pytest.mark.parametrize("counts", [(50, 3, 20), (11, 9, 1), (40, 8, 4), (5, 5, 5), (60, 30, 10)])
def test_one_line_without_a_solver_holds_back_what_the_gate_does(counts):
    line = {f"l{place}": count for place, count in enumerate(counts)}
    held = line_held(line, [key for key, count in line.items() if count < MIN_CELL])
    shown = counts_shown(ABOUT, ("a",), {(key,): count for key, count in line.items()})
    if all(value is None for value in shown.values()):
        assert held == set(line)
    else:
        assert {key for (key,), value in shown.items() if value is None} == held
