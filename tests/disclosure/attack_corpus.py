"""Attack corpus v1 in one run: how much of it leaks through disclosure control, and how much without. `make attack-corpus`.

Belongs here: counting and printing. Does not: attacks (tables, models, smuggling, pairs). A leak: a cell of 0 to 9 units known to
within fewer than ten, a design that is released, a file that passes, a release that differs by few people and is printed.
"""

import sys
from argparse import ArgumentParser

from quality.disclosure.files import decide_file
from quality.disclosure.gate import decide
from quality.disclosure.outputs import About, Model
from tests.disclosure.models import attacks, legitimate
from tests.disclosure.pairs import earlier, held, pair
from tests.disclosure.smuggling import honest, smuggled, table
from tests.disclosure.tables import attacked, printed, random_table, unprotected


def of_tables(count):
    """Return leaks, small cells found without protection, small cells; one table in six has three dimensions."""
    leaks = control = small = 0
    for seed in range(count):
        counts = random_table(seed, 3 if seed % 6 == 0 else 2)
        leaks += len(attacked(counts, printed(counts)))
        if seed % 10 == 0:
            control += len(attacked(counts, unprotected(counts)))
            small += sum(n < 10 for n in counts.values())
    return leaks, control / max(small, 1)


def of_models():
    """Return attacks released, and honest designs refused."""

    def released(design):
        return decide(Model(About("effect", "panel"), design, {"x": {"estimate": 1.0}})).released is not None

    designs = [design for _, design in attacks()]
    return len(designs), sum(map(released, designs)), sum(not released(design) for design in legitimate())


def of_files():
    """Return files, those that passed, and honest ones that did not."""
    bound = [table()]

    def passes(item):
        return decide_file(*item, bound).released is not None

    found = smuggled()
    return len(found), sum(map(passes, found.items())), sum(not passes(item) for item in honest().items())


def of_pairs(count):
    """Return second releases printed with the ledger, and without."""
    pairs = [pair(seed) for seed in range(count)]
    leaks = sum(not held(second, earlier(first)) for first, second in pairs)
    return leaks, sum(decide(second).released is not None for _, second in pairs)


def main(arguments=None):
    """Print the headline; the exit code says whether anything leaked."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="tables, and pairs of releases")
    count = parser.parse_args(arguments).count
    cells, control = of_tables(count)
    designs, models, refused = of_models()
    files, passed, stopped = of_files()
    pairs, unheld = of_pairs(count)
    leaks = cells + models + passed + pairs
    sys.stdout.write(
        f"attack corpus v1: {count:,} tables + {designs} models + {files} smuggling files + {count:,} release pairs:"
        f" {leaks} leaks\n"
        f"  tables: {cells} cells found (without protection {control:.0%} of the small ones)\n"
        f"  models: {models} released; of 50 honest designs {refused} refused\n"
        f"  files: {passed} passed; of {len(honest())} honest files {stopped} stopped\n"
        f"  pairs: {pairs} printed (without the ledger {unheld:,})\n"
    )
    return int(leaks > 0 or refused > 0 or stopped > 0)


if __name__ == "__main__":
    sys.exit(main())
