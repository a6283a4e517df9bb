"""The ledger of released tables (R5): which units each printed number rested on, as keyed hashes, sealed, forgotten on request.

Belongs here: one sealed file, adding to it, erasing a person from it. Does not: comparing (differencing). A person who withdraws
leaves a number behind (how many of a cell are gone) and nothing else.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.durable import write_bytes
from data.identity.pseudonym import project_key
from quality.disclosure.cells import with_margins
from quality.disclosure.differencing import Earlier, Past, PastTable
from quality.disclosure.messages import refusal
from quality.disclosure.models import SAMPLE
from quality.disclosure.outputs import Cell, CountTable, Key, MagnitudeTable, Model
from quality.disclosure.tally import unit_hash
from quality.disclosure.verdict import Released

NONCE = 12
PURPOSE = "disclosure"


@dataclass(frozen=True)
class ReleaseLedger:
    """The sealed file at `path`, under a secret of the vault; `study` names whose keys are used and never changes.

    Examples
    --------
    ``ReleaseLedger(workspace.releases / "disclosure.sealed", vault.sealing_secret, "SE-2026-0001")``
    """

    path: Path
    secret: bytes
    study: str

    @property
    def unit_key(self) -> bytes:
        """The key of the units' hashes (`tally.count_table(key=...)`)."""
        return project_key(self.secret, self.study, f"{PURPOSE}-units")

    def earlier(self) -> Earlier:
        """Return what was released before.

        Raises
        ------
        Refused
            E-SDC-17: the file was changed, or sealed by another vault.
        """
        return Earlier(tuple(self._read()), project_key(self.secret, self.study, f"{PURPOSE}-noise"))

    def keep(self, output: CountTable | MagnitudeTable | Model, released: Released, noise: Mapping[Key, int]) -> None:
        """Add a released table; done before anybody sees it."""
        past = {
            key: Past(cell.members or frozenset(), 0, released.values.get(key), noise.get(key))
            for key, cell in own_cells(output).items()
        }
        self._write([*self._read(), PastTable(released.about.release_id, released.about.measure, past)])

    def forget(self, unit: object) -> int:
        """Erase a person from every table; return from how many numbers."""
        gone, count = unit_hash(self.unit_key, unit), 0
        tables = []
        for table in self._read():
            cells = {}
            for key, past in table.cells.items():
                if gone in past.members:
                    count += 1
                    past = replace(past, members=past.members - {gone}, erased=past.erased + 1)  # noqa: PLW2901
                cells[key] = past
            tables.append(replace(table, cells=cells))
        if count:
            self._write(tables)
        return count

    def _cipher(self) -> AESGCM:
        return AESGCM(project_key(self.secret, self.study, f"{PURPOSE}-seal"))

    def _read(self) -> list[PastTable]:
        if not self.path.is_file():
            return []
        content = self.path.read_bytes()
        try:
            plain = self._cipher().decrypt(content[:NONCE], content[NONCE:], PURPOSE.encode())
        except (InvalidTag, ValueError) as error:
            raise refusal("E-SDC-17", what=self.path.name, kind=type(error).__name__) from None
        return [_table(item) for item in json.loads(plain)]

    def _write(self, tables: list[PastTable]) -> None:
        plain = json.dumps([_plain(table) for table in tables]).encode()
        nonce = os.urandom(NONCE)
        write_bytes(self.path, nonce + self._cipher().encrypt(nonce, plain, PURPOSE.encode()))


def own_cells(output: CountTable | MagnitudeTable | Model) -> dict[Key, Cell]:
    """Return a table's cells, with the margins that counts have; of a model its rows."""
    if isinstance(output, Model):
        members = output.members or frozenset()
        return {SAMPLE: Cell(len(members), len(members), members=output.members)}
    if isinstance(output, CountTable):
        return with_margins(output.cells)
    return {key: amount.cell for key, amount in output.cells.items()}


def _plain(table: PastTable) -> dict[str, Any]:
    cells = [
        [list(key), _packed(past.members), past.erased, past.printed, past.noise] for key, past in table.cells.items()
    ]
    return {"release": table.release_id, "measure": table.measure, "cells": cells}


def _table(told: dict[str, Any]) -> PastTable:
    cells = {
        tuple(key): Past(_unpacked(members), erased, printed, noise)
        for key, members, erased, printed, noise in told["cells"]
    }
    return PastTable(told["release"], told["measure"], cells)


def _packed(members: frozenset[int]) -> str:
    return base64.b64encode(np.array(sorted(members), dtype=">u8").tobytes()).decode()


def _unpacked(text: str) -> frozenset[int]:
    return frozenset(np.frombuffer(base64.b64decode(text), dtype=">u8").tolist())
