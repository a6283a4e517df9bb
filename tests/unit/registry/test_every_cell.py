"""Every (machine, state, role, action) cell: allowed where the golden matrix says so, refused in both languages elsewhere.

The matrix (tests/golden/life_cycles.csv) was written from the registry's model, not from the tables.
"""

import csv
from typing import get_args

import pytest

from data.access import Role
from data.lifecycle import ABSENT, Refusal, Transition, candidates, decide
from data.messages import NotPermitted, Refused
from data.settings import REPOSITORY
from experiments.registry.machines import MACHINES

pytestmark = pytest.mark.archive

GOLDEN = REPOSITORY / "tests" / "golden" / "life_cycles.csv"
NAMES = [machine.name for machine in MACHINES]


def golden():
    with GOLDEN.open(encoding="utf-8") as file:
        return {
            (row["machine"], row["state"], role, row["action"]): row["target"]
            for row in csv.DictReader(file)
            for role in row["roles"].split()
        }


def cells(machine):
    actions = (*sorted({action for item in MACHINES for action in item.actions}), "no_such_action")
    for state in (ABSENT, *machine.states, "no_such_state"):
        for role in get_args(Role):
            for action in actions:
                yield state, role, action


@pytest.mark.parametrize("machine", MACHINES, ids=NAMES)
def test_every_cell(machine):
    expected = golden()
    for state, role, action in cells(machine):
        answer = machine.cell(state, role, action)
        target = expected.get((machine.name, state, role, action))
        if target is not None:
            assert isinstance(answer, Transition), (state, role, action)
            assert answer.after(state) == target
            assert decide(machine, state, [role], action).role == role
            continue
        assert isinstance(answer, Refusal), (state, role, action)
        with pytest.raises((Refused, NotPermitted)) as told:
            decide(machine, state, [role], action)
        assert told.value.text.en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in told.value.text.zh)
        assert isinstance(told.value, NotPermitted) == (machine.find(state, action) is not None)


def test_the_golden_matrix_names_only_what_is_there():
    known = {machine.name: machine for machine in MACHINES}
    assert {name for name, *_ in golden()} == set(known)
    for name, state, role, action in golden():
        assert state in (ABSENT, *known[name].states)
        assert role in get_args(Role)
        assert action in known[name].actions


@pytest.mark.parametrize("machine", MACHINES, ids=NAMES)
def test_every_state_is_reached_and_terminal_ones_are_not_left(machine):
    reached, before = {machine.initial}, set()
    while reached != before:
        before = set(reached)
        reached |= {t.after(s) for t in machine.transitions for s in t.sources if s in reached}
    assert reached == set(machine.states)
    for state in machine.terminal:
        assert not [item for item in machine.transitions if state in item.sources and item.after(state) != state]


def test_nobody_may_do_nothing():
    with pytest.raises(NotPermitted, match="without a role"):
        candidates(MACHINES[0], "draft", (), "submit")


def test_administrators_have_no_say_in_any_life_cycle():
    for machine in MACHINES:
        assert not any("administrator" in item.roles for item in machine.transitions)
