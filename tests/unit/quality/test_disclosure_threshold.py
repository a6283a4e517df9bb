"""No share or count that is shown lets a reader find a group of 1 to 9 units."""

from __future__ import annotations

from quality.disclosure import MIN_CELL, count_shown, share


def test_every_small_cell_is_held_back():
    for units in range(1, 60):
        for count in range(units + 1):
            said = share(count, units)
            small = units < MIN_CELL or 0 < count < MIN_CELL or 0 < units - count < MIN_CELL
            assert (said.kind == "exact") is not small
            if units < MIN_CELL:
                assert (said.value, said.units) == (None, None)


def test_a_bound_is_true_and_rests_on_the_denominator_alone():
    for units in range(MIN_CELL, 60):
        by_kind: dict[str, set[float | None]] = {}
        for count in range(units + 1):
            said = share(count, units)
            by_kind.setdefault(said.kind, set()).add(said.value)
            if said.kind == "above":
                assert said.value < count / units
            if said.kind == "below":
                assert said.value > count / units
        assert len(by_kind.get("above", {0})) == 1
        assert len(by_kind.get("below", {0})) == 1


def test_counts():
    assert [count_shown(n) for n in (0, 1, 9, 10)] == [0, None, None, 10]
