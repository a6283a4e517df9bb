"""What happens inside the reading process: one file → its table, or what else is asked of it, or its refusal, left in a folder.

Belongs here: the functions that the server forks for, and telling how they ended. Does not: limits (limits), readers (read).
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from data.contracts.model import Contract
from data.messages import Refused
from data.readers.blocks import NotAlike, is_long_text, read_in_pieces
from data.readers.field_export import asks_for_positions
from data.readers.parquet_pieces import is_long_parquet, read_parquet_in_pieces
from data.readers.raw import RawTable
from data.readers.read import read_content
from data.readers.sandbox.handover import write_answer, write_tables

THREADS = 2
"""Of this process, which forks no more: columns of a piece are decoded beside each other."""


def read_to_folder(
    path: str, folder: str, contract: dict[str, Any] | None, *, typed: bool = False, numbers: bool = False
) -> None:
    """Read a staged file; leave `answer.json`, and `cells.arrow` if it could be read, in `folder`."""
    known = None if contract is None else Contract.model_validate(contract)
    _answer(Path(folder), lambda: _read(Path(path), Path(folder), known, typed=typed, numbers=numbers))


def ask_to_folder(call: str, path: str, folder: str, more: dict[str, Any]) -> None:
    """Leave in `folder` what `module:function` says of a staged file: anything that JSON can hold."""
    module, function = call.split(":")
    _answer(Path(folder), lambda: getattr(importlib.import_module(module), function)(Path(path), **more))


def _answer(place: Path, work: Callable[[], object]) -> None:
    pa.set_cpu_count(THREADS)
    try:
        answer: dict[str, Any] = {"read": work()}
    except Refused as refusal:
        answer = {"refused": {"code": refusal.code, "text": refusal.text.model_dump()}}
    except MemoryError:  # pyarrow's is one too
        answer = {"died": "memory"}
    except OSError as error:
        answer = {"died": "memory"} if error.errno in (errno.EFBIG, errno.ENOMEM) else {"crashed": _place(error)}
    except Exception as error:  # noqa: BLE001 - whatever a reader does wrong is an answer about the file
        answer = {"crashed": _place(error)}
    write_answer(place, answer)


def _read(path: Path, folder: Path, contract: Contract | None, *, typed: bool, numbers: bool = False) -> dict[str, Any]:
    def read(content: bytes) -> RawTable:
        return read_content(content, contract=contract, typed=typed)

    ways: list[Iterator[RawTable]] = []
    if not asks_for_positions(contract):
        if is_long_text(path):
            ways = [read_in_pieces(path, read, contract, numbers=True)] if numbers else []
            ways.append(read_in_pieces(path, read, contract))
        elif typed and is_long_parquet(path):
            ways = [read_parquet_in_pieces(path)]
    for pieces in ways:
        with suppress(NotAlike, Refused):  # the whole file decides, and its refusal counts lines from the top
            return write_tables(folder, pieces)
    return write_tables(folder, [read(path.read_bytes())])


def _place(error: BaseException) -> str:
    """Return the error's type and where it was raised; its message may hold a cell."""
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else "?"
    return f"{type(error).__name__}, {where}"
