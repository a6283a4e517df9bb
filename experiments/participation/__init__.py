"""Who took part: AAPOR rates, retention over waves, and whether leaving depends on the arm."""

from experiments.participation.aapor import outcome_rates
from experiments.participation.retention import retention

__all__ = ["outcome_rates", "retention"]
