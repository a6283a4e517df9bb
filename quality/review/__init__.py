"""The review of deliveries: who takes up, questions, returns, approves and retracts a batch, and what is on record about it.

Belongs here: acts on data batches, their guards, the record folded from the ledger. Does not: the table of allowed moves
(quality.machines), corrections of cells (quality.corrections), what pins leave out (data.standing).
"""

from quality.review.desk import Desk
from quality.review.records import Correction, Delivery, Issue

__all__ = ["Correction", "Delivery", "Desk", "Issue"]
