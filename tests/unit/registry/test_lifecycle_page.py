"""The documentation of the life cycles follows from the tables, and every guard that they name is known."""

import re
import runpy

from experiments.against_record import FOUND
from experiments.design.draws import ABANDONED, COMMITTED, DRAWN, REVEALED
from experiments.registry import docs, guards
from experiments.registry.harms import CROSSED
from experiments.registry.history import KINDS, PUBLIC
from experiments.registry.machines import MACHINES, OPERATIONAL, PROTOCOL_VERSION
from experiments.registry.points import READ, RUN


def test_the_page_is_up_to_date():
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run python -m experiments.registry.docs"


def test_running_the_module_writes_the_page(monkeypatch):
    written = []
    monkeypatch.setattr("pathlib.Path.write_text", lambda path, text, **_: written.append((path.name, text)))
    runpy.run_path(docs.__file__, run_name="__main__")
    assert written == [("LIFECYCLE.md", docs.page())]


def test_every_guard_that_acts_judge_has_a_function_and_none_is_left_over():
    named = {
        name for machine in (PROTOCOL_VERSION, OPERATIONAL) for item in machine.transitions for name in item.guards
    }
    assert named | {guards.ALWAYS} == set(guards.GUARDS)


def test_every_demand_is_written_in_both_languages():
    for machine in MACHINES:
        for name in {name for item in machine.transitions for name in item.guards}:
            text = docs.demand(machine, name)
            assert text.en
            assert text.zh


def test_every_kind_of_event_that_the_registry_records_has_words():
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(docs.PAGE.parent.rglob("*.py")))
    recorded = set(re.findall(r'(?:\.event|by_system|_says)\(\s*"(\w+)"', source)) | {CROSSED, READ, RUN, FOUND}
    assert len(recorded) > 15
    assert recorded | {COMMITTED, DRAWN, REVEALED, ABANDONED} <= set(KINDS)
    assert set(KINDS) >= PUBLIC


def test_codes_are_one_a_guard():
    codes = [guard.code for guard in guards.GUARDS.values()]
    assert len(codes) == len(set(codes))
