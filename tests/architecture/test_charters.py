"""Every module opens with its charter, every room has a README, no module is longer than the wall."""

import ast

from data.settings import REPOSITORY

ROOMS = ("data", "quality", "experiments", "orchestration", "apps")
CHARTER_LINES, WALL = 8, 500
MODULES = {
    path.relative_to(REPOSITORY).as_posix(): path.read_text(encoding="utf-8")
    for room in ROOMS
    for path in sorted((REPOSITORY / room).rglob("*.py"))
    if "workspace" not in path.relative_to(REPOSITORY).parts[:2]
}
FOLDERS = sorted({"/".join(name.split("/")[:-1][:2]) for name in MODULES} | {"dbt_project"})
"""Rooms and the packages directly inside them."""


def charter(source):
    return ast.get_docstring(ast.parse(source)) or ""


def test_every_module_opens_with_a_charter_of_at_most_eight_lines():
    wrong = {name: len(charter(source).splitlines()) for name, source in MODULES.items()}
    assert {name: lines for name, lines in wrong.items() if not 1 <= lines <= CHARTER_LINES} == {}


def test_no_charter_is_a_promise_to_write_one():
    assert [name for name, source in MODULES.items() if "to be written" in charter(source).lower()] == []


def test_every_room_says_what_lives_there():
    assert [folder for folder in FOLDERS if not (REPOSITORY / folder / "README.md").is_file()] == []


def test_no_module_is_longer_than_the_wall():
    lengths = {name: source.count("\n") for name, source in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > WALL} == {}
