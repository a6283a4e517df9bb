"""A contract as YAML, for people to finish: only what differs from the defaults, in the order of the model.

Belongs here: `Contract` → text that `load_contract` reads back to the same contract. Does not: where it is written (commands).
"""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from data.contracts.model import Contract

WIDTH = 120


def contract_yaml(contract: Contract, comments: Sequence[str] = ()) -> str:
    """Return the YAML text of a contract, under `comments` (one line each).

    >>> from data.contracts import load_contract
    >>> contract_yaml(load_contract("district_signal"), ["a copy"]).splitlines()[:2]
    ['# a copy', 'name: district_signal']
    """
    document = contract.model_dump(mode="json", exclude_defaults=True)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None, width=WIDTH)
    lines = [f"# {' '.join(comment.split())}" for comment in comments]
    return "\n".join([*lines, text])
