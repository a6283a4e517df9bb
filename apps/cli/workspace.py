"""`zonelab init` and `zonelab verify`.

Belongs here: making a workspace, asking whether it is intact. Does not: how either is done (data).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from apps.cli.answer import Answer, lines, table
from apps.cli.door import offer
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.ledger import Ledger
    from data.paths import Workspace
    from data.problems import Problem


def opened() -> tuple[Workspace, Ledger]:
    """Return the workspace of the settings, ready to work, and its ledger."""
    from apps.cli.dagster_home import prepare
    from data.ledger import Ledger
    from data.paths import workspace
    from data.settings import load_settings

    settings = load_settings()
    place = workspace(settings)
    prepare(place)
    return place, Ledger.open(place, settings)


def init() -> Answer:
    """Create the workspace; safe to repeat."""
    place, _ = opened()
    text = Text(en=f"The workspace is ready: {place.home}", zh=f"工作区已就绪：{place.home}")
    return Answer({"home": str(place.home), "dagster_home": str(place.dagster)}, lines(text))


def verify() -> Answer:
    """Check the ledger chain, lake, originals, generations and releases against what was recorded; repeat revealed draws."""
    from data.verify import verify_workspace
    from experiments.design.verification import verify_draws
    from experiments.registry.store import Registry

    place, ledger = opened()
    problems = verify_workspace(place, ledger)
    # Draws are read from the same documents: where those are damaged, that is the finding.
    return verdict(problems or verify_draws(Registry.open(place)))


def verdict(problems: list[Problem]) -> Answer:
    """Return the answer to a verification: 1 if anything is not as recorded."""
    document = {"ok": not problems, "problems": [{"where": p.where, "message": p.what.model_dump()} for p in problems]}

    def show(out: Console, language: Language) -> None:
        if not problems:
            out.print(Text(en="Everything is as it was recorded.", zh="一切与记录相符。").get(language))
            return
        title = Text(en="Not as recorded", zh="与记录不符")
        columns = [Text(en="where", zh="位置"), Text(en="what", zh="问题")]
        out.print(table(title, columns, [[p.where, p.what.get(language)] for p in problems], language))

    return Answer(document, show, exit_code=1 if problems else 0)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "init")(init)
    offer(app, "verify")(verify)
