"""R17: whichever call of the engine fails, and however, nothing is released and nothing is said of the numbers."""

import pytest
from scipy import optimize

from quality.disclosure import (
    cells,
    complementary,
    differencing,
    dominance,
    figures,
    gate,
    interval,
    models,
    policy,
    positions,
    rounding,
    spread,
    survival,
    system,
    tables,
    texts,
)
from quality.disclosure.interval import Unsolved
from quality.disclosure.outputs import (
    About,
    Amount,
    Cell,
    CountTable,
    FigureOf,
    MagnitudeTable,
    Model,
    Quantiles,
    Survival,
    TextOf,
)
from tests.disclosure.models import legitimate

ABOUT = About("people", "panel")
COUNTS = {("a",): Cell(40, 40), ("b",): Cell(7, 7), ("c",): Cell(30, 30)}
SUMS = {("a",): Amount(500.0, Cell(40, 40), 90.0, 80.0), ("b",): Amount(90.0, Cell(4, 4), 40.0, 30.0)}
MODULES = (
    cells, complementary, differencing, dominance, figures, interval, models, positions, rounding, spread, survival, system,
    tables, texts,
)  # fmt: skip


def outputs():
    released = gate.decide(CountTable(ABOUT, ("x",), COUNTS)).released
    return [
        CountTable(ABOUT, ("x",), COUNTS, sensitive=True),
        MagnitudeTable(ABOUT, ("x",), {**SUMS, ("c",): SUMS["a",], ("d",): SUMS["a",]}),
        Quantiles(ABOUT, Cell(60, 60), {0.5: (3.0, 8)}),
        Survival(ABOUT, (1.0, 2.0), (60, 40), (20, 20)),
        Model(ABOUT, legitimate()[0], {"treat": {"estimate": 0.5}}),
        FigureOf(ABOUT, "bar", released, b'{"data": [{"y": [40]}]}'),
        TextOf(ABOUT, "{n} people took part.", {"n": (released, ("a",))}),
    ]


def calls():
    """Return every function that the engine's modules call, where they look it up."""
    found = []
    for module in (gate, *MODULES):
        for name, thing in vars(module).items():
            from_here = getattr(thing, "__module__", "").startswith("quality.disclosure") and not isinstance(
                thing, type
            )
            if callable(thing) and from_here and name not in ("decide", "refused", "said", "refusal", "is_released"):
                found.append((module, name))
    return found


def test_all_of_them_are_released_when_nothing_fails():
    assert [gate.decide(output).verdict.status for output in outputs()] == ["accepted"] * 7


@pytest.mark.parametrize("error", [Unsolved(), MemoryError(), KeyError(7), RecursionError()])
def test_nothing_leaves_when_a_judge_fails(monkeypatch, error):
    def fail(*_args, **_kwargs):
        raise error

    for output in outputs():
        monkeypatch.setitem(gate.JUDGES, type(output), fail)
        assert gate.decide(output).verdict.rule == "R17"


@pytest.mark.integration
def test_nothing_leaves_when_a_call_fails(monkeypatch):
    error = RuntimeError("40 people, 7 of them ill")
    made = outputs()
    reached = 0
    for module, name in calls():
        with monkeypatch.context() as patch:
            struck = []

            def fail(*_args, struck=struck, **_kwargs):
                struck.append(1)
                raise error

            patch.setattr(module, name, fail)
            for output in made:
                before = len(struck)
                decision = gate.decide(output)
                if len(struck) > before:
                    reached += 1
                    assert decision.released is None, name
                    assert decision.verdict.rule == "R17", name
                    assert "7" not in decision.verdict.reason.en.replace("R17", "")
    assert reached > 40


@pytest.mark.parametrize("status", [1, 2, 4])
def test_a_solver_that_gives_up_proves_nothing(monkeypatch, status):
    class Answer:
        x = None

    Answer.status = status
    for module in (interval, complementary):
        monkeypatch.setattr(module, "linprog", lambda *_args, **_kwargs: Answer)
    assert gate.decide(CountTable(ABOUT, ("x",), COUNTS)).released is None


def test_time_that_runs_out_proves_nothing(monkeypatch):
    monkeypatch.setattr(complementary, "monotonic", lambda: -1e9)
    monkeypatch.setattr(complementary.Seen, "proves", lambda *_args: False)
    assert gate.decide(CountTable(ABOUT, ("x",), COUNTS)).verdict.rule == "R17"


def test_a_policy_that_cannot_be_read_releases_nothing(monkeypatch):
    monkeypatch.setattr(policy, "POLICY_FILE", policy.POLICY_FILE.with_name("absent.yml"))
    assert gate.decide(CountTable(ABOUT, ("x",), COUNTS)).released is None


def test_nonsense_in_a_cell_releases_nothing():
    for cell in (Cell(-3, -3), Cell(5, 40), Cell(10, None), Cell("40", 40)):
        assert gate.decide(CountTable(ABOUT, ("x",), {**COUNTS, ("b",): cell})).released is None


def test_the_solvers_are_those_of_scipy():
    assert interval.linprog is optimize.linprog
