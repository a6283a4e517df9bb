"""A drafted contract and what a human has to decide or cannot have.

Belongs here: the record and its texts. Does not: how drafts come about (tables, quality.drafting).
"""

from __future__ import annotations

from dataclasses import dataclass

from data.contracts import Contract
from data.contracts.write import contract_yaml
from data.messages import Text


@dataclass(frozen=True)
class Draft:
    """`notes`: what was guessed and what could not be kept, in the order of the source; they head the YAML as comments."""

    contract: Contract
    notes: tuple[Text, ...]

    @property
    def yaml(self) -> str:
        """The contract as a file that `load_contract` reads."""
        return contract_yaml(self.contract, [f"{note.en} / {note.zh}" for note in self.notes])


def told(english: str, chinese: str, **values: object) -> Text:
    """Return a note with its placeholders filled."""
    return Text(en=english, zh=chinese).fill(**values)
