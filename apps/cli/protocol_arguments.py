"""Arguments that the protocol commands share, and what is made of them.

Belongs here: reading what was typed; wrong usage told as such. Does not: acts, tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, get_args

import typer
import yaml

from data.messages import Text, WrongUsage
from data.yaml_text import read_yaml

if TYPE_CHECKING:
    from experiments.registry.records import Side, Vote
    from experiments.registry.store import Registry

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="An experiment: SE-yyyy-nnnn.")]
VersionArgument = Annotated[
    str, typer.Argument(metavar="ID[@V]", help="An experiment, and one of its versions; none: the newest.")
]
ProtocolArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A protocol in YAML or JSON.")]
ReaderOption = Annotated[str | None, typer.Option("--as", metavar="USER", help="Who reads; nobody: the public.")]
Comments = Annotated[
    Path | None,
    typer.Option("--comments", metavar="FILE.yml", help="A list of comments, each with `path` and `text`."),
]


class Chosen(TypedDict):
    """Reviewers of both sides."""

    methods: list[str]
    ethics: list[str]


def registry_opened() -> Registry:
    """Return the registry of the workspace of the settings."""
    from apps.cli.workspace import opened
    from experiments.registry.store import Registry

    return Registry(*opened())


def split_version(argument: str) -> tuple[str, str | None]:
    """Return id and version of ``ID`` or ``ID@V``.

    >>> split_version("SE-2026-0001@1.0"), split_version("SE-2026-0001")
    (('SE-2026-0001', '1.0'), ('SE-2026-0001', None))
    """
    name, _, version = argument.partition("@")
    return name, version or None


def only_one(**options: object) -> str | None:
    """Return the name of the one option that was given; None if none was.

    Raises
    ------
    WrongUsage
        E-USAGE-10: more than one was.

    >>> only_one(vote="approve", assign=None)
    'vote'
    """
    given = [name for name, value in options.items() if value is not None]
    if len(given) > 1:
        listed = ", ".join(f"--{name}" for name in given)
        raise WrongUsage("E-USAGE-10", Text(en=f"One at a time: {listed}.", zh=f"每次只能使用其中一个：{listed}。"))
    return given[0] if given else None


def reviewers_of(given: str | None) -> Chosen:
    """Return the reviewers of both sides from ``a+b,c``.

    Raises
    ------
    WrongUsage
        E-USAGE-11: not two sides.

    >>> reviewers_of("li+wu,zhao")
    {'methods': ['li', 'wu'], 'ethics': ['zhao']}
    """
    sides = [[user.strip() for user in side.split("+") if user.strip()] for side in (given or "").split(",")]
    if len(sides) != len(Chosen.__annotations__):
        raise WrongUsage(
            "E-USAGE-11",
            Text(
                en="Write --assign METHODS,ETHICS, such as li,zhao.",
                zh="请写作 --assign 方法评审,伦理评审，例如 li,zhao。",
            ),
        )
    return {"methods": sides[0], "ethics": sides[1]}


def chosen_side(given: str | None) -> Side:
    """Return the side that was named.

    Raises
    ------
    WrongUsage
        E-USAGE-12.
    """
    from experiments.registry.records import Side

    return one_of("side", given, Side)  # type: ignore[no-any-return]


def chosen_vote(given: str | None) -> Vote:
    """Return the vote that was named.

    Raises
    ------
    WrongUsage
        E-USAGE-12.
    """
    from experiments.registry.records import Vote

    return one_of("vote", given, Vote)  # type: ignore[no-any-return]


def one_of(option: str, given: str | None, vocabulary: Any) -> Any:  # noqa: ANN401 - a Literal type and one of its values
    """Return what was given if the vocabulary has it.

    Raises
    ------
    WrongUsage
        E-USAGE-12: it has not; the message lists what there is.
    """
    known = get_args(vocabulary)
    if given in known:
        return given
    listed = ", ".join(known)
    raise WrongUsage("E-USAGE-12", Text(en=f"--{option} takes one of {listed}.", zh=f"--{option} 的取值：{listed}。"))


def comments_of(file: Path | None) -> list[dict[str, str]]:
    """Return the comments of a file: a list of ``path`` and ``text``.

    Raises
    ------
    WrongUsage
        E-USAGE-13: the file holds something else.
    """
    if file is None:
        return []
    from apps.cli.files import existing

    try:
        content = read_yaml(existing(file).read_text(encoding="utf-8"))
        return [{"path": str(item["path"]), "text": str(item["text"])} for item in content]
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError):
        said = Text(
            en=f"{file.name} is not a list of comments, each with path and text.",
            zh=f"{file.name} 不是意见列表；每条意见应有 path 与 text。",
        )
        raise WrongUsage("E-USAGE-13", said) from None
