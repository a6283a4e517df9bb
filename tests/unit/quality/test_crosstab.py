"""What is held back of a table of counts: against small cells, and against what rows and columns give away."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.crosstab import protected, undominated
from quality.disclosure import MIN_CELL

COUNTS = st.integers(0, 40)


def tables():
    """Return tables of two to four rows and columns."""
    sizes = st.tuples(st.integers(2, 4), st.integers(2, 4))
    return sizes.flatmap(lambda size: st.lists(COUNTS, min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda values: dict(zip(((str(a), str(b)) for a, b in product(range(size[0]), range(size[1]))), values, strict=True))
    ))  # fmt: skip


@given(tables())
@settings(max_examples=60, deadline=None)
def test_no_row_and_no_column_gives_a_small_cell_away(counts):
    shown = protected(counts)
    assert {cell for cell, count in counts.items() if 0 < count < MIN_CELL} <= {
        c for c, v in shown.items() if v is None
    }
    assert all(shown[cell] in (None, count) for cell, count in counts.items())
    for side in (0, 1):
        for name in {cell[side] for cell in counts}:
            line = [cell for cell in counts if cell[side] == name]
            hidden = [cell for cell in line if shown[cell] is None]
            if hidden and len(hidden) < len(line):
                assert len(hidden) > 1
                assert sum(counts[cell] for cell in hidden) >= MIN_CELL


def test_what_is_large_is_shown():
    counts = {("a", "x"): 40, ("a", "y"): 0, ("b", "x"): 12, ("b", "y"): 30}
    assert protected(counts) == counts


@pytest.mark.parametrize(("counts", "told"), [((95, 10), False), ((60, 40), True)])
def test_a_sensitive_row_in_which_all_did_the_same_is_not_shown(counts, told):
    table = {("a", "x"): counts[0], ("a", "y"): counts[1], ("b", "x"): 50, ("b", "y"): 50}
    assert (undominated(table)[("a", "x")] is not None) is told
    assert undominated(table)[("b", "x")] == 50
