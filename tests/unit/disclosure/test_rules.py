"""The rules on single cells, sums, positions and curves; each case beside a neighbour that passes."""

import re
from dataclasses import replace

import pytest

from data.messages import Refused
from quality.disclosure import MIN_CELL
from quality.disclosure.gate import decide, is_released
from quality.disclosure.messages import CATALOGUE, WHY
from quality.disclosure.outputs import (
    TOTAL,
    About,
    Amount,
    Cell,
    CountTable,
    Histogram,
    MagnitudeTable,
    Quantiles,
    Survival,
)
from quality.disclosure.policy import Policy, load_policy, read_policy
from quality.disclosure.tally import Rows, count_table, magnitude_table

PEOPLE = About("people", "panel_individual_wave")
FIRMS = About("turnover", "panel_organisation_quarter", unit="organisation")


def counts(*units, about=PEOPLE, **cell):
    cells = {(f"l{place}",): Cell(n, n, **cell) for place, n in enumerate(units)}
    return CountTable(about, ("arm",), cells)


def amounts(*cells):
    return MagnitudeTable(FIRMS, ("sector",), {(f"s{place}",): cell for place, cell in enumerate(cells)})


LARGE = Amount(1000.0, Cell(40, 40), 90.0, 80.0)


def verdict(output):
    return decide(output).verdict


def test_the_threshold_of_the_policy_is_that_of_single_counts():
    assert load_policy().threshold == MIN_CELL


@pytest.mark.parametrize("output", [{"a": 3}, 41, None, "n = 3", [PEOPLE], CountTable, object()])
def test_what_has_no_type_is_refused(output):
    decision = decide(output)
    assert (decision.verdict.rule, decision.released) == ("R0", None)


def test_an_unknown_rule_version_or_kind_of_unit_is_refused():
    assert verdict(counts(40, 40, about=replace(PEOPLE, rules="0"))).rule == "R17"
    assert verdict(counts(40, 40, about=replace(PEOPLE, unit="people"))).rule == "R17"


def test_a_cell_of_nine_persons_is_held_back_and_one_of_ten_is_not():
    held = decide(counts(9, 40, 50)).released
    assert held.value("l0") is None
    assert held.held[("l0",)] == "R1"
    assert len(held.held) == 2  # the total gives one cell alone away
    assert decide(counts(10, 40, 50)).released.held == {}


def test_ten_rows_of_one_person_are_one_person():
    rows = Rows(["p1"] * 30 + [f"q{n}" for n in range(40)], {"answer": ["no"] * 30 + ["yes"] * 40})
    values = decide(count_table(PEOPLE, rows)).released.values
    assert values == {("no",): None, ("yes",): None, (TOTAL,): 40}  # two cells: the other one goes with it


def test_persons_of_two_organisations_are_not_told_by_organisation():
    assert decide(counts(40, 50, organisations=2)).released is None
    assert decide(counts(40, 50, organisations=3)).released.held == {}
    assert decide(counts(40, 50, about=FIRMS, organisations=9)).released is None


def test_a_zero_is_a_small_cell_unless_the_codebook_says_that_it_must_be_one():
    assert decide(counts(0, 40, 50)).released.value("l0") is None
    cells = {("a",): Cell(0, 0, structural=True), ("b",): Cell(40, 40), ("c",): Cell(20, 20)}
    assert decide(CountTable(PEOPLE, ("arm",), cells)).released.value("a") == 0


def test_a_sensitive_line_in_which_all_answered_the_same_is_not_shown():
    def table(yes, no, *, sensitive):
        cells = {("a", "yes"): Cell(yes, yes), ("a", "no"): Cell(no, no), ("b", "yes"): Cell(50, 50)}
        return CountTable(PEOPLE, ("arm", "answer"), cells | {("b", "no"): Cell(90, 90)}, sensitive=sensitive)

    shown = decide(table(200, 12, sensitive=True)).released
    assert shown.value("a", "yes") is None
    assert shown.value("a", "no") is None
    assert shown.value("a", TOTAL) == 210
    assert decide(table(200, 12, sensitive=False)).released.held == {}
    assert decide(table(150, 62, sensitive=True)).released.held == {}


def test_a_wave_of_four_persons_holds_the_cell_back():
    cells = {("a",): Cell(60, 60, least_wave=4), ("b",): Cell(60, 60, least_wave=40), ("c",): Cell(30, 30)}
    assert decide(CountTable(PEOPLE, ("arm",), cells)).released.held[("a",)] == "R13"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Amount(1000.0, Cell(20, 20), 100.0, 90.0), True),
        (Amount(1000.0, Cell(20, 20), 600.0, 320.0), False),  # two hold more than nine tenths
        (Amount(1000.0, Cell(20, 20), 950.0, 10.0), False),  # the rest is below a tenth of the largest
        (Amount(1000.0, Cell(9, 9), 120.0, 120.0), False),
    ],
)
def test_dominance(amount, shown):
    released = decide(amounts(amount, LARGE, LARGE, LARGE)).released
    assert (released.value("s0") is not None) is shown
    assert (len(released.held) > 1) is not shown  # a sum held back alone follows from the total


def test_contributions_are_counted_by_organisation():
    rows = Rows([f"p{n}" for n in range(40)], {"zone": ["z"] * 40}, organisations=["big"] * 20 + list(range(20)))
    assert magnitude_table(PEOPLE, rows, [10.0] * 20 + [0.5] * 20).cells[("z",)].largest == 200.0


def test_mixed_signs_are_looked_at_by_a_person():
    decision = decide(amounts(replace(LARGE, mixed=True), LARGE))
    assert (decision.verdict.status, decision.released) == ("needs_review", None)


def test_positions():
    places = {0.1: (1.0, 5), 0.25: (2.04, 5), 0.5: (3.456, 5), 0.75: (4.0, 2)}
    released = decide(Quantiles(PEOPLE, Cell(44, 44), places)).released
    assert [released.value(name) for name in ("p10", "p25", "p50", "p75", "n")] == [None, 2.04, 3.46, None, 45]
    assert decide(Quantiles(PEOPLE, Cell(400, 400), {0.0: (1.0, 20), 1.0: (9.0, 20)})).released is None
    assert verdict(Quantiles(PEOPLE, Cell(400, 400), places, extremes=("max",))).rule == "R8"
    assert verdict(Quantiles(PEOPLE, Cell(19, 19), {0.5: (3.0, 5)})).rule == "R8"


def test_curves():
    curve = Survival(PEOPLE, (1.0, 2.0, 3.0, 4.0), (50, 44, 30, 8), (6, 6, 12, 8))
    released = decide(curve).released
    assert {key[0] for key in released.values} == {"2", "3"}  # steps merged, the tail of eight cut
    assert decide(replace(curve, censor_marks=True)).released is None
    assert decide(replace(curve, events=(2, 2, 2, 2))).verdict.rule == "R9"


def test_bins_of_few_units_and_edges_of_single_values():
    bins = Histogram(PEOPLE, (0.0, 1.0, 2.0, 3.0), (Cell(40, 40), Cell(30, 30), Cell(4, 4)))
    assert decide(bins).released.value("2:3") is None
    assert decide(replace(bins, edges_of_data=True)).released is None


def test_counts_are_rounded_and_lines_add_up():
    cells = {(a, b): Cell(n, n) for (a, b), n in zip(
        [("x", "u"), ("x", "v"), ("y", "u"), ("y", "v")], (13, 13, 13, 13), strict=True)}  # fmt: skip
    values = decide(CountTable(PEOPLE, ("a", "b"), cells)).released.values
    assert values[("x", "u")] == 15
    assert values[("x", TOTAL)] == 30
    assert values[(TOTAL, TOTAL)] == 60


def test_published_figures_of_cities_are_shown_as_they_are():
    assert decide(counts(3, 40, about=replace(PEOPLE, unit="nobody"))).released.value("l0") == 3


@pytest.mark.parametrize(
    "levels", [[1, 1, 2], ["1", "1", "2"], [True, True, False], [1.0, 1.0, 2.0]], ids=["int", "text", "bool", "float"]
)
def test_a_level_is_a_level_whatever_its_type(levels):
    """ACRO counted levels by type: an integer or boolean column escaped the rules of a text column."""
    units = [f"p{n}" for n in range(60)]
    coded = [levels[0]] * 30 + [levels[1]] * 27 + [levels[2]] * 3
    released = decide(count_table(PEOPLE, Rows(units, {"group": coded}))).released
    assert [value for key, value in released.values.items() if key != (TOTAL,)] == [None, None]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("threshold", 9), ("leverage", 0.95), ("rounding_base", 3), ("differencing", "none"), ("mitigation", "none")],
)
def test_a_policy_is_only_made_stricter(setting, value):
    with pytest.raises(ValueError, match=setting):
        Policy.model_validate({**load_policy().model_dump(), setting: value})
    with pytest.raises(Refused):
        load_policy().raised(**{setting: value})


def test_a_raised_threshold_holds():
    strict = load_policy().raised(threshold=20)
    assert decide(counts(15, 40, 50), strict).released.value("l0") is None
    with pytest.raises(Refused):
        strict.raised(threshold=15)


@pytest.mark.parametrize("text", ["threshold: 9", "mitigation: none", "]", "", "threshold: many"])
def test_a_policy_file_that_is_not_understood_is_an_error(tmp_path, text):
    path = tmp_path / "policy.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused):
        read_policy(path)


def test_what_is_released_cannot_be_put_together_by_hand():
    released = decide(counts(40, 50)).released
    assert is_released(released)
    assert not is_released(replace(released, values={("l0",): 3}))
    assert not is_released(replace(released, seal=""))


def test_no_number_of_a_refused_output_is_told():
    refused = [counts(7, 40), amounts(Amount(987.0, Cell(9, 9), 654.0, 321.0))]
    for output in refused:
        told = decide(output).verdict
        for text in (told.reason.en, told.reason.zh):
            assert set(re.findall(r"\d+", text)) <= {"1", "2", "10"}


def test_every_sentence_is_in_both_languages():
    for text in (*CATALOGUE.values(), *WHY.values()):
        assert re.findall(r"{\w+}", text.en).sort() == re.findall(r"{\w+}", text.zh).sort()
        assert re.search("[\u4e00-\u9fff]", text.zh)
