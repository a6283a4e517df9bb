"""The lock holds every declared dependency at a version that the declaration allows, with hashes and no addresses."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from data.settings import REPOSITORY

LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
PINS = [
    (canonicalize_name(name), version)
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, flags=re.MULTILINE)
]


def declared() -> list[Requirement]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [item for group in project["optional-dependencies"].values() for item in group]
    return [Requirement(item) for item in [*project["dependencies"], *extras]]


def test_every_declared_dependency_is_pinned_within_its_bounds():
    wrong = [
        str(requirement)
        for requirement in declared()
        if not [
            v for name, v in PINS if name == canonicalize_name(requirement.name) and requirement.specifier.contains(v)
        ]
    ]
    assert wrong == []


def test_every_pin_has_a_hash_and_no_address():
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK
