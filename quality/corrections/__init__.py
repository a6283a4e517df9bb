"""Corrections of delivered cells: proposed by the zone, decided by somebody else, applied as new rows of the lake.

Belongs here: the items of a correction, the old and new values and where they lie, the acts. Does not: the life cycle that allows
them (quality.machines), files sent again as a whole (quality.intake).
"""

from quality.corrections.items import Item, read_items

__all__ = ["Item", "read_items"]
