"""The history of shipped contracts: no contract changes under its version, no item's codes under its instrument version.

Belongs here: `history.json` (per contract and version: digests of shape and rules, code frames), what breaks it, recording.
Does not: the shape (shape). Record a new version with `python -m data.contracts.history`; a broken rule is not recorded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from data.contracts.load import load_contracts
from data.contracts.model import Contract
from data.contracts.shape import frames, rules_digest, shape_digest

PATH = Path(__file__).resolve().parent / "history.json"
Entry = dict[str, Any]


def read_history(path: Path = PATH) -> dict[str, list[Entry]]:
    """Return contract → its recorded versions, oldest first."""
    found: dict[str, list[Entry]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def entry(contract: Contract) -> Entry:
    """Return what is recorded of a contract."""
    digests = {"shape_sha256": shape_digest(contract), "rules_sha256": rules_digest(contract)}
    return {"version": contract.version, **digests, "frames": frames(contract)}


def broken(contract: Contract, recorded: Sequence[Entry]) -> Iterator[str]:
    """Yield each rule that a contract breaks against its recorded versions, with what to do; for developers, in English.

    1. Under a recorded version the shape is the recorded one, and so are the rules that look beside the file.
    2. The code frame that an instrument version was asked with stays: changed codes are a new instrument version with its
       waves. A contract that declared no versions has one, `*`; when it declares some, one of them must keep that frame.
    3. Versions rise.
    """
    name, same = contract.name, [each for each in recorded if each["version"] == contract.version]
    present = entry(contract)
    if same and any(same[0][part] != present[part] for part in ("shape_sha256", "rules_sha256")):
        yield f"{name}: changed under version {contract.version}; give it a new version, templates and releases name it"
    if not same and recorded and _number(contract.version) <= _number(recorded[-1]["version"]):
        yield f"{name}: version {contract.version} does not follow {recorded[-1]['version']}"
    declared = {column.name for column in contract.columns if column.codes}
    now = frames(contract)
    for old in recorded:
        for version, items in old["frames"].items():
            for item in declared.intersection(items):
                if not _kept(now, version, item, items[item]):
                    yield (
                        f"{name}: the codes of {item} in instrument version {version} changed since {old['version']}; "
                        "declare a new instrument version with its waves under `instruments` and leave the old frame"
                    )


def _kept(now: dict[str, dict[str, Any]], version: str, item: str, frame: dict[str, Any]) -> bool:
    places = list(now) if version == "*" else [version]
    return any(now.get(place, {}).get(item) == frame for place in places)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def record(path: Path = PATH) -> list[str]:
    """Add the present version of every shipped contract; return what was broken, in which case nothing is written."""
    history = read_history(path)
    contracts = load_contracts()
    wrong = [told for name, contract in contracts.items() for told in broken(contract, history.get(name, []))]
    if wrong:
        return wrong
    for name, contract in contracts.items():
        versions = history.setdefault(name, [])
        if contract.version not in [each["version"] for each in versions]:
            versions.append(entry(contract))
    text = json.dumps(dict(sorted(history.items())), ensure_ascii=False, indent=1, sort_keys=False)
    path.write_text(text + "\n", encoding="utf-8")
    return []


if __name__ == "__main__":
    told = record()
    sys.stdout.write("\n".join(told or ["recorded"]) + "\n")
    sys.exit(bool(told))
