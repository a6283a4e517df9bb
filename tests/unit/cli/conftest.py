"""A runner for the command line: exit code, stdout, stderr, and the JSON document when asked for."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from apps.cli.main import app


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def zonelab():
    """Return a function that runs `zonelab` with arguments."""

    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Run(result.exit_code, result.stdout, result.stderr)

    return run
