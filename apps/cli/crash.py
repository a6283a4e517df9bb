"""The record of an exception that nobody foresaw: which code was running, never what it was working on.

Belongs here: `<home>/logs/crash-….log` with type and stack (file, line, function). Left out on purpose: the exception's message,
the source text and the values of arguments, which may hold a person's data.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def record(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the record and return its path, or say that it could not be written."""
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
        path.write_text(stack(error, arguments), encoding="utf-8")
        path.chmod(0o600)
    except OSError:
        return "(no log could be written)"
    return str(path)


def stack(error: BaseException, arguments: Sequence[str]) -> str:
    """Return the record: the command's name, then every exception of the chain with its frames."""
    named = [argument for argument in arguments[:2] if argument.isidentifier()]
    told = [f"zonelab {' '.join(named)}", datetime.now(UTC).isoformat(timespec="seconds")]
    found: BaseException | None = error
    while found is not None:
        told.append(f"{type(found).__module__}.{type(found).__qualname__}")
        told += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found.__traceback__)
        ]
        found = found.__cause__ or found.__context__
    return "\n".join(told) + "\n"


def _folder() -> Path:
    from data.settings import load_settings

    return load_settings().home / "logs"
