"""A runner for the command line: exit code, stdout, stderr, and the JSON document when asked for."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest
from typer.main import get_command

from apps.cli.main import app

COMMAND = get_command(app)
"""Built once: typer's own runner builds it for every call, which costs more than most commands do."""


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
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            COMMAND.main([str(argument) for argument in arguments], prog_name="zonelab")
        return Run(ended.value.code, out.getvalue(), err.getvalue())

    return run
