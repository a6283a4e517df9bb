"""`zonelab contract list | show`: what a file must hold; drafting and templates are beside it (contract_drafts).

Belongs here: contracts as tables and JSON. Does not: the contracts (data.contracts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli.answer import Answer, table
from apps.cli.door import offer
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.contracts import Column, Contract

ContractArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A contract's name, or the path of its YAML file.")
]


def show_list() -> Answer:
    """List the contracts that ship with the platform."""
    from data.contracts import load_contracts

    found = list(load_contracts().values())
    document = [
        {
            "name": c.name,
            "version": c.version,
            "title": c.title.model_dump(),
            "unit": c.unit,
            "grain": c.grain,
            "key": c.key,
        }
        for c in found
    ]

    def show(out: Console, language: Language) -> None:
        columns = [
            Text(en="name", zh="名称"),
            Text(en="title", zh="标题"),
            Text(en="one row is", zh="每行是"),
            Text(en="key", zh="主键"),
        ]
        rows = [[c.name, c.title.get(language), c.grain, " + ".join(c.key)] for c in found]
        out.print(table(Text(en="Contracts", zh="数据约定"), columns, rows, language))

    return Answer(document, show)


def show_one(name: ContractArgument) -> Answer:
    """Show what the rows of a table are, and each column: type, unit, codes, range, missing codes."""
    from data.contracts import contract_digest, load_contract

    contract = load_contract(name)
    document = {**contract.model_dump(mode="json"), "sha256": contract_digest(contract)}

    def show(out: Console, language: Language) -> None:
        out.print(f"{contract.name} {contract.version} · {contract.title.get(language)}", style="bold", markup=False)
        out.print(contract.description.get(language), markup=False)
        out.print(table(Text(en=contract.grain, zh=contract.grain), _headings(), _rows(contract, language), language))

    return Answer(document, show)


def _headings() -> list[Text]:
    pairs = [
        ("column", "列名"),
        ("label", "标签"),
        ("type", "类型"),
        ("unit", "单位"),
        ("allowed", "允许的值"),
        ("missing", "缺失码"),
    ]
    return [Text(en=en, zh=zh) for en, zh in pairs]


def _rows(contract: Contract, language: Language) -> list[list[object]]:
    return [
        [
            f"{column.name} *" if column.name in contract.key else column.name,
            column.label.get(language),
            column.type,
            column.unit,
            _allowed(column, language),
            ", ".join(f"{code}={reason}" for code, reason in column.missing_codes.items()),
        ]
        for column in contract.columns
    ]


def _allowed(column: Column, language: Language) -> str:
    if column.codes:
        return ", ".join(f"{code}={label.get(language)}" for code, label in column.codes.items())
    if column.minimum is not None or column.maximum is not None:
        low, high = ("" if bound is None else f"{bound:g}" for bound in (column.minimum, column.maximum))
        return f"{low} … {high}"
    return column.pattern or ""


def register(app: typer.Typer) -> None:
    """Add the group."""
    from apps.cli.contract_drafts import add_to  # it takes this module's arguments

    group = typer.Typer(help="What a file for a table must hold.", pretty_exceptions_enable=False)
    offer(group, "list")(show_list)
    offer(group, "show")(show_one)
    add_to(group)
    app.add_typer(group, name="contract")
