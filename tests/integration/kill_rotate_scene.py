"""The scene of a new key for kill_harness: the workspace of kill_withdraw_scene, its pseudonyms' key changed, and killed."""

import json
from pathlib import Path

from data.identity import Vault, key_change, rotation
from data.ledger import Ledger
from data.paths import Workspace
from data.verify import verify_workspace
from data.withdrawals import unfinished_change
from tests.integration import kill_withdraw_scene

prepare = kill_withdraw_scene.prepare


def act(home):
    kill_withdraw_scene.read_here()
    workspace = Workspace(Path(home))
    key_change.change_key(actor="registry.office", workspace=workspace, ledger=Ledger.open(workspace))


def peace(home):
    """Change the key unless it is changed: what the vault's keeper does who looks at `zonelab vault status`."""
    workspace = Workspace(Path(home))
    ledger = Ledger.open(workspace)
    if unfinished_change(ledger) or Vault.open(workspace).key_number() == 1:
        act(home)
    told = verify_workspace(workspace, ledger)
    assert told == [], json.dumps([problem.where for problem in told])


# A planted fault: it breaks the promise that a repetition finishes. Without a kill it goes unnoticed.


def old_key_goes_first():
    real = key_change._rewritten

    def late(workspace, ledger, vault, act_id, actor):
        pairs = rotation.pairs(vault)
        rotation.finish(vault)
        asked, rotation.pairs = rotation.pairs, lambda _: pairs
        real(workspace, ledger, vault, act_id, actor)
        rotation.pairs = asked

    key_change._rewritten = late


FAULTS = {function.__name__: function for function in (old_key_goes_first,)}
