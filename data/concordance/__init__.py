"""Concordance: concept → represented variable → how each instrument version and wave measured it (domain/registry.md L9).

Belongs here: `*.yml`, their model, the checks against contracts, the compiler to dbt models. Does not: code frames of a contract
(data.contracts.frames), running dbt (quality.dbt_runner).
"""

from data.concordance.load import concordance_names, load_concordance, load_concordances
from data.concordance.model import Concordance, Row, Variable

__all__ = ["Concordance", "Row", "Variable", "concordance_names", "load_concordance", "load_concordances"]
