"""The menu is made for roles, and what changed between two releases is told: without a page."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.viewer import app_pages, release_reads
from apps.viewer.acting import Acting
from apps.viewer.components import menu
from apps.viewer.desk import Desk
from data.generations import TableInfo
from data.ledger import Head
from data.paths import Workspace
from data.provenance import Code
from data.releases import Release

NAMES = sorted(path.stem for path in Path(app_pages.__file__).parent.glob("[a-z]*.py"))


def desk(*roles: str) -> Desk:
    return Desk(Workspace(Path("unused")), Acting("somebody", roles, proven=True, everyone=False))


def page(group: str, *roles: str, **more: object) -> SimpleNamespace:
    return SimpleNamespace(GROUP=group, ROLES=roles, TITLE="A page", **more)


PAGES = {
    "queue": page("review", "registrar"),
    "zones": page("browse"),
    "zone": page("browse", IN_MENU=False),
    "upload": page("contribute", "zone_operator"),
}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), {"browse": ["zones"]}),
        (("zone_operator",), {"browse": ["zones"], "contribute": ["upload"]}),
        (("registrar", "viewer"), {"browse": ["zones"], "review": ["queue"]}),
    ],
)
def test_the_menu_holds_what_a_users_roles_open_in_the_order_of_the_groups(roles, expected):
    found = menu.opened(PAGES, desk(*roles))
    assert found == expected
    assert list(found) == [group for group in menu.GROUPS if group in expected]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_declares_where_it_stands_and_for_whom(name):
    module = importlib.import_module(f"apps.viewer.app_pages.{name}")
    assert module.GROUP in menu.GROUPS
    assert isinstance(module.ROLES, tuple)
    assert module.TITLE
    assert getattr(module, "UNDER", "zones") in NAMES


def release(**tables: tuple[int, str]) -> Release:
    return Release(
        release_id="R000001-00000000",
        generation_id="G",
        as_of_seq=1,
        tables={name: TableInfo(rows, "sha", mark, f"{name}.parquet") for name, (rows, mark) in tables.items()},
        pins={},
        contracts={"clinic_visit": "1", "unit_link": "1"},
        code=Code("commit", dirty=False),
        simulated=True,
        submissions=("SUB-1", "SUB-2"),
        ledger_head=Head(1, "h"),
        built_at="2026-03-04T01:30:00+00:00",
        path=Path("unused"),
    )


def test_two_releases_are_compared_by_content_not_by_rows():
    before = release(people=(10, "a"), cities=(5, "b"), old=(1, "c"))
    after = replace(
        release(people=(10, "A"), cities=(5, "b"), new=(2, "d")),
        contracts={"clinic_visit": "2", "unit_link": "1"},
        submissions=("SUB-2", "SUB-3"),
    )
    found = release_reads.difference(before, after)
    assert [(item.table, item.kind, item.rows_before, item.rows_after) for item in found.tables] == [
        ("new", "added", None, 2),
        ("old", "removed", 1, None),
        ("people", "changed", 10, 10),
    ]
    assert (found.contracts, found.came, found.left) == (("clinic_visit",), ("SUB-3",), ("SUB-1",))
    assert release_reads.difference(after, after) == release_reads.Difference((), (), (), ())
