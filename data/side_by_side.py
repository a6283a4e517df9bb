"""Work on several things at once, the results in the order of the things: for libraries that leave the interpreter's lock.

Belongs here: that one function. Does not: what the work is; processes of their own (data.readers.sandbox).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

THREADS = 2
Thing = TypeVar("Thing")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Thing], Result], things: Iterable[Thing]) -> Iterator[Result]:
    """Yield `work` of each thing, in order; two are worked on at once, and no thing is taken much before its turn.

    >>> list(side_by_side(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    left = iter(things)
    with ThreadPoolExecutor(THREADS) as threads:
        waiting = deque(threads.submit(work, thing) for thing in islice(left, THREADS))
        while waiting:
            found = waiting.popleft().result()
            waiting.extend(threads.submit(work, thing) for thing in islice(left, 1))
            yield found
