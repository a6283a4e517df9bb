"""The short way of a long file without a fault: judged by its distinct texts and the ends of its numbers, not row by row.

Belongs here: showing that no row of a file can break a rule, and then its rows. Does not: saying what is wrong. Where anything
is at fault, or the contract asks for something this room does not know, the answer is None and the file takes the long way
(quality.table_check), which comes to the same rows, keys and verdict for every file that passes here.
"""

from quality.lane.straight import Straight, straight

__all__ = ["Straight", "straight"]
