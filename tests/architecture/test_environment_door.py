"""Config has one door: no module but data/settings.py reads or writes the environment."""

import ast

import pytest

from data.settings import REPOSITORY

ROOMS = ("data", "quality", "experiments", "orchestration", "apps")
DOOR = "data/settings.py"
MODULES = {
    path.relative_to(REPOSITORY).as_posix(): path
    for room in ROOMS
    for path in (REPOSITORY / room).rglob("*.py")
    if "workspace" not in path.relative_to(REPOSITORY).parts[:2]
}
FORBIDDEN = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def touches(source):
    """Return the lines that reach for the environment, by attribute or by import."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            and node.attr in FORBIDDEN
        ):
            found.append(node.lineno)
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and FORBIDDEN & {alias.name for alias in node.names}
        ):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "from os import getenv", "import os\nos.putenv('a', 'b')"]
)
def test_the_search_finds_what_it_looks_for(source):
    assert touches(source)


def test_only_the_door_touches_the_environment():
    offenders = {name: lines for name, path in MODULES.items() if (lines := touches(path.read_text(encoding="utf-8")))}
    assert set(offenders) == {DOOR}
