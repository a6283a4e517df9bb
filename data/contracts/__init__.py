"""Contracts: one YAML file per table says what its rows are; everything else is derived from it.

Belongs here: the contract's model, its loader, the Arrow schema it implies. Does not: checking a file against it (quality).
"""

from data.contracts.load import contract_digest, contract_names, load_contract, load_contracts
from data.contracts.model import MISSING_STATUS, Column, Contract, Identified
from data.contracts.panel_parts import BetweenWaves, ExpectedRows, Roster
from data.contracts.schema import SYSTEM_FIELDS, business_schema, lake_schema, status_name

__all__ = [
    "MISSING_STATUS",
    "SYSTEM_FIELDS",
    "BetweenWaves",
    "Column",
    "Contract",
    "ExpectedRows",
    "Identified",
    "Roster",
    "business_schema",
    "contract_digest",
    "contract_names",
    "lake_schema",
    "load_contract",
    "load_contracts",
    "status_name",
]
