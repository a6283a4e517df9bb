"""What assets are handed: the workspace, its ledger, its releases. A module of its own (a `definitions` function hides others).

Belongs here: opening things. Does not: using them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from data.paths import Workspace
from data.settings import load_settings

if TYPE_CHECKING:
    from data.ledger import Ledger


class House(dg.ConfigurableResource):  # type: ignore[type-arg]  # no value type: assets take the resource itself
    """The workspace that a run works on.

    Parameters
    ----------
    home
        Folder of the workspace; empty: the environment's (`ZONELAB_HOME`), read when the run starts, not at import.
    """

    home: str = ""

    def workspace(self) -> Workspace:
        """Return the workspace, folders made."""
        return Workspace(Path(self.home).resolve() if self.home else load_settings().home).create()

    def ledger(self) -> Ledger:
        """Open the ledger of the workspace."""
        from data.ledger import Ledger

        return Ledger.open(self.workspace(), load_settings())
