"""The one door to the environment: where the workspace is, which ledger and vault, which language.

Belongs here: reading environment variables and composing the environment of child processes. Does not: paths inside the
workspace (data.paths). No other module reads or writes `os.environ` (held by tests/architecture).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent

QUIET: dict[str, str] = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "GX_ANALYTICS_ENABLED": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
"""Switches that keep dbt, Dagster, GX and Streamlit from calling home (domain/costs.md section 7)."""

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "TZDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV")
"""What an interpreter needs to start; see `bare_environment`."""


class Settings(BaseSettings):
    """What a deployment may choose; every field is an environment variable `ZONELAB_<NAME>`.

    >>> Settings(home=Path("/srv/zonelab")).home.name
    'zonelab'
    """

    model_config = SettingsConfigDict(env_prefix="ZONELAB_", frozen=True, extra="ignore")

    home: Path = Field(default=REPOSITORY / "data" / "workspace")
    ledger_url: str | None = None  # None: SQLite inside the workspace; or sqlite:///…, postgresql+pg8000://…
    vault: str | None = None  # None: <home>/vault; or another folder; or a database URL as for the ledger
    language: Literal["en", "zh"] = "en"
    threads: int = Field(default=2, ge=1)
    dagster_url: str = "http://127.0.0.1:3000"
    contact: str = ""  # whom the page Help names: an address or a telephone number
    viewer_port: int = Field(default=8501, ge=1, le=65535)
    dagster_port: int = Field(default=3000, ge=1, le=65535)
    replication_data: Path = REPOSITORY.parent / "shared" / "replication"  # files of published data sets
    upload_limit_mb: int = Field(default=512, ge=1)  # of one file that comes over HTTP
    mail_user: str | None = None  # of the mail server that notices go to
    mail_password: SecretStr | None = None


def load_settings() -> Settings:
    """Read the settings from the environment now; `home` comes back absolute."""
    found = Settings()
    return found.model_copy(update={"home": found.home.expanduser().resolve()})


def feed_variable(feed: str, what: str) -> str:
    """Return the name of the variable that holds a secret of a feed.

    >>> feed_variable("lab", "password")
    'ZONELAB_FEED_LAB_PASSWORD'
    """
    return f"ZONELAB_FEED_{feed}_{what}".upper()


def feed_secret(feed: str, what: str) -> SecretStr | None:
    """Return a secret of a feed (an address with a password, a user, a password) from the environment; None if it is not set."""
    found = os.environ.get(feed_variable(feed, what))
    return SecretStr(found) if found else None


def child_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a child process: ours, telemetry off, plus `extra`."""
    return {**os.environ, **QUIET, **(extra or {})}


def bare_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a process that must know nothing of ours, passwords least of all."""
    return {**{name: os.environ[name] for name in PASSED_ON if name in os.environ}, **(extra or {})}


@contextmanager
def environment(extra: dict[str, str]) -> Iterator[None]:
    """Set variables (telemetry switches included) for libraries that only read the environment; restore on leaving."""
    wanted = {**QUIET, **extra}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
