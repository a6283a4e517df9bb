"""A form's tree → one contract per table: the submissions, and one for each repeat.

Belongs here: walking groups and repeats, routing, names that are unique, keys. Does not: one question (questions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.contracts.form_parts import Parent
from data.contracts.frames import Instrument
from data.contracts.model import Column, Contract
from data.contracts.routing import RoutingError, mentioned, parse
from data.forms.choices import choices
from data.forms.draft import Draft, told
from data.forms.languages import both, by_language
from data.forms.questions import SILENT, Asked, column_name, columns_of
from data.forms.workbook import Form
from data.messages import Text

NAME = re.compile(r"\$\{\s*([^}]+?)\s*\}")
RELATIVE = re.compile(r"(?:\.\./)+([A-Za-z_][\w.-]*)")
YES = ("yes", "true", "true()", "1")
FIRST, DASH, SLASH = "instance_id", "-", "/"
POSITION = "entry_no"


@dataclass
class Table:
    """A table under construction: `path` is the repeat's place in the form, empty for the submissions."""

    name: str
    path: tuple[str, ...]
    label: Text
    columns: list[Column] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)


def draft_contracts(form: Form, name: str) -> list[Draft]:
    """Return a draft for the submissions (`name`) and one for every repeat (`name_repeat`), outermost first.

    Every question becomes a column under its own name; where two tables or groups use a name twice, the group's name goes
    before it. `relevant` is kept as `asked_if` where one row decides it. What a contract cannot keep is among the notes.
    """
    reasons = _reasons(form.tree)
    tables = [Table(name, (), Text(en=form.title, zh=form.title))]
    for node, place in _walk(form.tree, (), ()):
        _add(node, place, tables, form, reasons)
    return [Draft(_contract(table, tables[0], form), tuple(table.notes)) for table in tables if table.columns]


@dataclass(frozen=True)
class Place:
    """`groups` around a node within its table, `repeat` the path of that table, `relevant` the conditions on the way."""

    groups: tuple[str, ...]
    repeat: tuple[str, ...]
    relevant: tuple[str, ...]


def _walk(
    node: Mapping[str, Any], groups: tuple[str, ...], relevant: tuple[str, ...], repeat: tuple[str, ...] = ()
) -> Iterator[tuple[Mapping[str, Any], Place]]:
    for child in node.get("children") or ():
        condition = str((child.get("bind") or {}).get("relevant") or "")
        inner = (*relevant, condition) if condition else relevant
        kind, name = child.get("type"), str(child.get("name"))
        if kind == "group" and name == "meta":
            continue
        if kind == "group":
            yield from _walk(child, (*groups, name), inner, repeat)
        elif kind == "repeat":
            path = (*repeat, *groups, name)
            yield child, Place(groups, path, inner)
            yield from _walk(child, (), (), path)
        else:
            yield child, Place(groups, repeat, inner)


def _add(node: Mapping[str, Any], place: Place, tables: list[Table], form: Form, reasons: Mapping[str, str]) -> None:
    if node.get("type") == "repeat":
        label = both(by_language(node.get("label")), str(node["name"]))
        name = "_".join([tables[0].name, column_name(str(node["name"]))])
        taken = [table.name for table in tables]
        tables.append(Table(name if name not in taken else f"{name}_{len(tables)}", place.repeat, label))
        if place.relevant:
            tables[-1].notes.append(
                told(
                    "The repeat as a whole is asked only if {x}; that is not kept.",
                    "整个重复组仅在 {x} 时询问；该条件未保留。",
                    x=" and ".join(place.relevant),
                )
            )
        return
    kind = form.foreign.get(str(node.get("name")), str(node.get("type")))
    if kind in SILENT:
        return
    table = next(table for table in tables if table.path == place.repeat)
    name = _unique(str(node["name"]), place.groups, table)
    asked_if = _routing(name, place, table)
    table.columns.extend(
        _fresh(columns_of(_asked(node, name, place, kind, asked_if, reasons), table.notes.append), table)
    )
    table.names[str(node["name"])] = name


def _asked(
    node: Mapping[str, Any], name: str, place: Place, kind: str, asked_if: str | None, reasons: Mapping[str, str]
) -> Asked:
    required = str((node.get("bind") or {}).get("required") or "").strip().lower() in YES
    decided = asked_if is not None or not place.relevant
    return Asked(
        node, name, place.groups, place.repeat, FOREIGN.get(kind, kind), required and decided, asked_if, reasons
    )


FOREIGN = {"text audit": "audit", "audio audit": "audit", "comments": "audit", "sensor_stream": "audit"}


def _routing(name: str, place: Place, table: Table) -> str | None:
    """Return the conditions on the way to a question as one, None if there are none or one row cannot decide them."""
    if not place.relevant:
        return None
    joined = " and ".join(f"({each})" for each in place.relevant) if len(place.relevant) > 1 else place.relevant[0]
    spelled = NAME.sub(
        lambda found: f"${{{table.names.get(found[1], '?')}}}", RELATIVE.sub(r"${\1}", " ".join(joined.split()))
    )
    try:
        if "?" not in mentioned(parse(spelled)):
            return spelled
    except RoutingError:
        pass
    table.notes.append(
        told(
            "{c}: when it is asked ({x}) is not kept, so an empty cell passes.",
            "{c}：提问条件（{x}）未保留，空格可通过。",
            c=name,
            x=" ".join(joined.split()),
        )
    )
    return None


def _unique(raw: str, groups: tuple[str, ...], table: Table) -> str:
    taken = {column.name for column in table.columns} | {
        FIRST,
        POSITION,
        "zone_id",
        "wave",
        "form_version",
        "rec_key",
        "submission_id",
    }
    name = column_name(raw)
    if name in taken:
        name = column_name("_".join([*groups, raw])) if groups else f"{name}_2"
    number = 2
    while name in taken:
        number += 1
        name = f"{column_name(raw)}_{number}"
    return name


def _fresh(columns: list[Column], table: Table) -> list[Column]:
    """Leave out columns whose name is taken and aliases that another column answers to."""
    taken = {column.name for column in table.columns}
    known = {header.casefold() for column in table.columns for header in (column.name, *column.aliases)}
    found: list[Column] = []
    for column in columns:
        if column.name in taken:
            table.notes.append(
                told(
                    "{c}: two choices or questions come to this name; the second is left out.",
                    "{c}：两个选项或问题同名，后者未保留。",
                    c=column.name,
                )
            )
            continue
        free = tuple(header for header in column.aliases if header.casefold() not in known)
        found.append(column.model_copy(update={"aliases": free}))
        taken.add(column.name)
        known.update(header.casefold() for header in (column.name, *free))
    return found


def _reasons(tree: Mapping[str, Any]) -> dict[str, str]:
    """Return code → reason over all lists of the form, for constraints that allow such a code beside a range."""
    found: dict[str, str] = {}
    for listed in (tree.get("choices") or {}).values():
        found.update(choices(listed).missing)
    return found


def _contract(table: Table, first: Table, form: Form) -> Contract:
    repeat = bool(table.path)
    lead = [*_context(), _instance(repeat=repeat), *([_position()] if repeat else [_version()])]
    key = (FIRST, POSITION) if repeat else (FIRST,)
    grain = "one row per " + " and ".join(key)
    shape: dict[str, Any] = {
        "parent": Parent(contract=first.name, key=(FIRST,), path="/".join(table.path), position=POSITION)
        if repeat
        else None,
        "instruments": (Instrument(version=form.version or "1", form_sha256=form.sha256),),
        "instrument_column": "form_version" if not repeat and form.version else None,
    }
    taken = {column.name for column in lead}
    columns = (*lead, *(column for column in table.columns if column.name not in taken))
    return Contract(
        name=table.name,
        version="1.0",
        title=table.label,
        description=_description(table, form, grain),
        unit="person",
        grain=grain,
        source_kind="survey",
        use="archive",
        key=key,
        wave_column="wave",
        columns=_without_collisions(columns),
        **shape,
    )


def _without_collisions(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Drop every alias that is another column's name: a header means one column."""
    names = {column.name for column in columns}
    return tuple(
        column.model_copy(
            update={
                "aliases": tuple(alias for alias in column.aliases if alias.casefold() not in names - {column.name})
            }
        )
        for column in columns
    )


def _description(table: Table, form: Form, grain: str) -> Text:
    what = (
        Text(en=f"the entries of {'/'.join(table.path)}", zh=f"重复组 {'/'.join(table.path)} 的条目")
        if table.path
        else Text(en="the submissions", zh="提交的问卷")
    )
    return Text(
        en=f"{grain.capitalize()}: {what.en} of the form {form.title}. Known problems: drafted from the form, to be confirmed.",
        zh=f"表单“{form.title}”{what.zh}。已知问题：由表单起草，待确认。",
    )


def _context() -> list[Column]:
    return [
        Column(
            name="zone_id",
            type="string",
            label=Text(en="Pilot zone", zh="试点区"),
            required=True,
            source="zone",
            aliases=("试验区",),
        ),
        Column(name="wave", type="string", label=Text(en="Wave", zh="轮次"), required=True, source="wave"),
    ]


def _instance(*, repeat: bool) -> Column:
    own = ("KEY", "_uuid", "__id")
    parents = ("PARENT_KEY", "_submission__uuid", "_submission_uuid", "__Submissions-id")
    return Column(
        name=FIRST,
        type="string",
        label=Text(en="Submission (instance id)", zh="提交编号"),
        required=True,
        aliases=parents if repeat else own,
        sensitivity="quasi",
    )


def _position() -> Column:
    label = Text(en="Entry within the submission", zh="提交内的序号")
    return Column(name=POSITION, type="integer", label=label, required=True, minimum=1)


def _version() -> Column:
    aliases = ("FormVersion", "formdef_version", "__version__", "__system/formVersion")
    label = Text(en="Version of the form", zh="表单版本")
    return Column(name="form_version", type="string", label=label, aliases=aliases)
