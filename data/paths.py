"""Addresses inside a workspace: one frozen object, no side effect until `create`.

Belongs here: where things lie. Does not: what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.settings import Settings, load_settings


@dataclass(frozen=True)
class Workspace:
    """Every place that a running platform writes to, below `home`.

    >>> Workspace(Path("w")).lake.as_posix()
    'w/lake'
    """

    home: Path

    @property
    def inbox(self) -> Path:
        """Drop folder: `inbox/<zone>/<contract>/<file>`."""
        return self.home / "inbox"

    @property
    def feeds(self) -> Path:
        """One folder a feed: what is on its way to the drop folder, what was kept aside, how far it has come."""
        return self.home / "feeds"

    @property
    def originals(self) -> Path:
        """Bytes as received, named by their sha256."""
        return self.home / "originals"

    @property
    def staging(self) -> Path:
        """Disposable: one folder a file that is being taken in, removed when its verdict is there."""
        return self.home / "staging"

    @property
    def quarantine(self) -> Path:
        """Rows that did not enter, with reasons: one Parquet file a submission."""
        return self.home / "quarantine"

    def correction_values(self, correction_id: str) -> Path:
        """Old and new values of one correction, kept in the quarantine; the ledger holds their sha256."""
        return self.quarantine / f"{correction_id}.parquet"

    @property
    def lake(self) -> Path:
        """One Delta table per contract."""
        return self.home / "lake"

    @property
    def generations(self) -> Path:
        """Immutable, published builds of the marts."""
        return self.home / "generations"

    @property
    def releases(self) -> Path:
        """Named pins of a generation: one manifest a release."""
        return self.home / "releases"

    @property
    def build(self) -> Path:
        """Disposable: the DuckDB file and target folder of the running dbt build."""
        return self.home / "build"

    @property
    def validations(self) -> Path:
        """Results of the expectation suites, JSON and HTML, per run."""
        return self.home / "validations"

    @property
    def results(self) -> Path:
        """`results/<release_id>/<experiment_id>/results.json` and its reports."""
        return self.home / "results"

    @property
    def published(self) -> Path:
        """Public copies of reports, and nothing else: `published/<release_id>/<experiment_id>/<hash of the results>/`."""
        return self.home / "published"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.home / "dagster"

    @property
    def demo(self) -> Path:
        """Generated demo files and `truth.json`."""
        return self.home / "demo"

    @property
    def catalog(self) -> Path:
        """SQLite file of the ledger and catalogue."""
        return self.home / "catalog.db"

    @property
    def accounts(self) -> Path:
        """SQLite file of the account store, once somebody was invited."""
        return self.home / "accounts" / "accounts.db"

    def create(self) -> Workspace:
        """Make the folders that must exist; safe to repeat."""
        for folder in (
            self.inbox,
            self.feeds,
            self.originals,
            self.staging,
            self.quarantine,
            self.lake,
            self.generations,
            self.releases,
            self.build,
            self.validations,
            self.results,
            self.dagster,
            self.demo,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def workspace(settings: Settings | None = None) -> Workspace:
    """Return the workspace of `settings` (default: the environment's), folders made."""
    return Workspace((settings or load_settings()).home).create()
