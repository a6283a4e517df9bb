"""A workspace as it stood at an entry of its ledger, to look at or to repeat something in, without writing into the workspace.

Belongs here: copying the catalogue up to an entry, pointing at the archive. Does not: what is done in it. The folders of
the archive are the workspace's own, by link: whoever works in a replica writes results only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from data import catalog
from data.ledger import Ledger
from data.paths import Workspace

SHARED = ("generations", "releases", "lake", "quarantine", "originals", "protocols", "secrets", "demo")
"""What a replica sees of the workspace; its results, builds and logs are its own."""
CHUNK = 1000


@contextmanager
def replica(workspace: Workspace, ledger: Ledger, until_seq: int | None = None) -> Iterator[Workspace]:
    """Yield a workspace whose ledger ends before entry `until_seq` (None: as it stands); it is gone when the block ends.

    Parameters
    ----------
    workspace, ledger
        What is copied, whichever database holds it; nothing is written to either.
    until_seq
        The first entry that is left out. The rest is a whole chain, as it stood then.
    """
    workspace.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".replica-", dir=workspace.build) as folder:
        made = Workspace(Path(folder))
        for name in SHARED:
            if (workspace.home / name).exists():
                (made.home / name).symlink_to((workspace.home / name).resolve())
        made.results.mkdir()
        own = Ledger.open(made)
        with ledger.reading() as source, own.transaction() as target:
            for table in catalog.metadata.sorted_tables:
                _copy(source, target, table, until_seq)
        own.close()
        yield made


def _copy(source: sa.Connection, target: sa.Connection, table: sa.Table, until_seq: int | None) -> None:
    query = sa.select(table)
    if table is catalog.events and until_seq is not None:
        query = query.where(table.c.seq < until_seq)
    found = source.execute(query).mappings()
    while rows := found.fetchmany(CHUNK):
        target.execute(table.insert(), [dict(row) for row in rows])
