"""One question of a form → the columns that exports write for it.

Belongs here: question type → column type, codes, range, headers in each export, sensitivity. Does not: routing and names
across the form (tables), choice lists (choices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.contracts.form_parts import Split, Translation
from data.contracts.model import Column, ColumnType, Sensitivity
from data.contracts.personal import guessed_sensitivity
from data.forms.choices import Choices, are_whole, choices
from data.forms.constraints import bounds
from data.forms.draft import told
from data.forms.languages import both, by_language
from data.messages import Text

TYPES: dict[str, ColumnType] = {
    "integer": "integer",
    "int": "integer",
    "decimal": "number",
    "range": "number",
    "date": "date",
    "today": "date",
    "datetime": "timestamp",
    "dateTime": "timestamp",
    "start": "timestamp",
    "end": "timestamp",
}
DEVICES = ("deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "uri:deviceid", "uri:email")
PLACES = ("geopoint", "start-geopoint", "geotrace", "geoshape", "background-geopoint")
FILES = ("photo", "image", "audio", "video", "file", "background-audio", "audit", "barcode image")
POINT = (("latitude", "纬度"), ("longitude", "经度"), ("altitude", "海拔"), ("accuracy", "精度"))
SILENT = ("note", "xml-external", "csv-external", "entity", "label", "attribute")
SINGLE, MULTIPLE = ("select one", "select one external"), ("select all that apply", "select multiple")


@dataclass(frozen=True)
class Asked:
    """A question in its place: `groups` around it within its table, `repeat` that table's path, `kind` its type."""

    node: Mapping[str, Any]
    name: str
    groups: tuple[str, ...]
    repeat: tuple[str, ...]
    kind: str
    required: bool
    asked_if: str | None
    reasons: Mapping[str, str]


Tell = Callable[[Text], None]


def columns_of(asked: Asked, tell: Tell) -> list[Column]:
    """Return the columns of a question; what cannot be kept is told."""
    if asked.kind in MULTIPLE:
        return _multiple(asked, tell)
    if asked.kind in SINGLE:
        return [_single(asked, tell)]
    if asked.kind in PLACES:
        return _place(asked)
    if asked.kind in FILES:
        tell(
            told(
                "{c}: the export holds the name of a file; the file itself is not taken in.",
                "{c}：导出中只有文件名，文件本身不导入。",
                c=asked.name,
            )
        )
    return [_plain(asked, tell)]


def headers(groups: tuple[str, ...], repeat: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return how exports call a question: bare (SurveyCTO), by its groups with - (ODK Central) and / (Kobo, JSON).

    Central's table of a repeat leaves the repeat's own path out, Kobo writes it.

    >>> headers(("grp",), ("roster",), "age")
    ('age', 'grp-age', 'grp/age', 'roster/grp/age')
    """
    near, whole = (*groups, name), (*repeat, *groups, name)
    return tuple(dict.fromkeys((name, "-".join(near), "/".join(near), "/".join(whole))))


def _headers(asked: Asked) -> tuple[str, ...]:
    return headers(asked.groups, asked.repeat, str(asked.node["name"]))


def _plain(asked: Asked, tell: Tell) -> Column:
    kind = TYPES.get(asked.kind, "string")
    found: dict[str, Any] = {}
    constraint = str((asked.node.get("bind") or {}).get("constraint") or "")
    if constraint:
        found = _constrained(asked, constraint, kind, tell)
    if kind in ("date", "timestamp"):
        found["date_order"] = "named"  # SurveyCTO's export; year first is read all the same
    return _column(asked, kind, **found)


def _constrained(asked: Asked, constraint: str, kind: ColumnType, tell: Tell) -> dict[str, Any]:
    said = bounds(constraint, whole=kind == "integer")
    numeric = kind in ("integer", "number")
    lost = said is None or (said.pattern is None and not numeric) or (said.pattern is not None and kind != "string")
    strange = [] if said is None else [code for code in said.alone if code not in asked.reasons]
    if said is None or lost or strange:
        tell(
            told(
                "{c}: the constraint {x} is not kept; it says more than a range or a pattern of this answer.",
                "{c}：约束 {x} 未保留，它不只是对本题范围或格式的限制。",
                c=asked.name,
                x=" ".join(constraint.split()),
            )
        )
        return {}
    if said.open:
        tell(
            told(
                "{c}: {x} itself passes the check, the form leaves it out.",
                "{c}：检查允许 {x} 本身，表单不允许。",
                c=asked.name,
                x=", ".join(f"{v:g}" for v in said.open),
            )
        )
    return {
        "minimum": said.minimum,
        "maximum": said.maximum,
        "pattern": said.pattern,
        "missing_codes": {code: asked.reasons[code] for code in said.alone},
    }


def _listed(asked: Asked, tell: Tell) -> Choices | None:
    """Return the question's choices; None where they come from elsewhere while the form is filled in."""
    node = asked.node
    elsewhere = "search(" in str((node.get("control") or {}).get("appearance") or "") or not node.get("choices")
    if elsewhere or any("${" in str(choice["name"]) for choice in node["choices"]):
        tell(
            told(
                "{c}: its choices come from a file or an earlier answer; any code passes.",
                "{c}：选项来自外部文件或先前的回答，任何编码都可通过。",
                c=asked.name,
            )
        )
        return None
    found = choices(node["choices"])
    if found.twice:
        tell(
            told(
                "{c}: the codes {x} stand for two answers each; which one was given cannot be told.",
                "{c}：编码 {x} 各对应两个选项，无法区分所选的是哪一个。",
                c=asked.name,
                x=", ".join(found.twice),
            )
        )
    if node.get("choice_filter"):
        tell(
            told(
                "{c}: all codes of its list pass; which of them were offered is not kept.",
                "{c}：列表中的编码都可通过；当时提供了哪些选项未保留。",
                c=asked.name,
            )
        )
    return found


def _single(asked: Asked, tell: Tell) -> Column:
    found = _listed(asked, tell)
    if found is None:
        return _column(asked, "string")
    codes = {code: label for code, label in found.codes.items() if code not in found.missing}
    kind: ColumnType = "integer" if are_whole([*found.codes]) else "string"
    return _column(asked, kind, found.other, codes=codes, missing_codes=found.missing)


def _multiple(asked: Asked, tell: Tell) -> list[Column]:
    whole = _column(asked, "string")
    found = _listed(asked, tell)
    if found is None:
        return [whole]
    bare = whole.model_copy(update={"required": False}) if asked.asked_if is None and not asked.required else whole
    return [bare, *(_choice(asked, whole, code, label) for code, label in found.codes.items())]


def _choice(asked: Asked, whole: Column, code: str, label: Text) -> Column:
    """Return the column of one choice: ODK and Kobo write q/code, SurveyCTO q_code with _ for a minus sign."""
    written = [f"{header}/{code}" for header in _headers(asked)]
    aliases = (*written, f"{asked.node['name']}_{code.replace('-', '_')}")
    said = Text(en=f"{whole.label.en}: {label.en}", zh=f"{whole.label.zh}：{label.zh}")
    name = (
        f"{asked.name}_{column_name(code)}"
        if not code[0].isdigit() and code[0] != "-"
        else f"{asked.name}_{_digits(code)}"
    )
    return Column(
        name=name,
        type="boolean",
        label=said,
        aliases=aliases,
        split=Split(of=asked.name, choice=code),
        sensitivity=whole.sensitivity,
    )


def _digits(code: str) -> str:
    return "".join(
        letter if letter.isalnum() and letter.isascii() else "_" for letter in code.replace("-", "minus_")
    ).lower()


def _place(asked: Asked) -> list[Column]:
    """Return the location as a text and, for a point, its four numbers: gps-Latitude (ODK, SurveyCTO), _gps_latitude (Kobo)."""
    whole = _column(asked, "string")
    if asked.kind in ("geotrace", "geoshape"):
        return [whole]
    found = [whole]
    for place, (english, chinese) in enumerate(POINT):
        written = _headers(asked)
        aliases = [f"{header}-{english.title()}" for header in written] + [f"{header}_{english}" for header in written]
        aliases += ["/".join((*asked.repeat, *asked.groups, f"_{asked.node['name']}_{english}"))]
        label = Text(en=f"{whole.label.en}: {english}", zh=f"{whole.label.zh}：{chinese}")
        split = Split(of=asked.name, place=place)
        found.append(
            Column(
                name=f"{asked.name}_{english}",
                type="number",
                label=label,
                aliases=tuple(aliases),
                split=split,
                sensitivity="direct",
            )
        )
    return found


def _column(
    asked: Asked,
    kind: ColumnType,
    other: Mapping[str, Mapping[str, str]] | None = None,
    **more: Any,  # noqa: ANN401
) -> Column:
    spoken = by_language(asked.node.get("label"))
    hint = by_language(asked.node.get("hint"))
    label = both(spoken, str(asked.node["name"]))
    languages = sorted({*spoken, *(other or {})} - {"en", "zh"})
    return Column(
        name=asked.name,
        type=kind,
        label=label,
        description=both(hint, "") if hint else None,
        required=asked.required,
        aliases=tuple(header for header in _headers(asked) if header != asked.name),
        asked_if=asked.asked_if,
        sensitivity=_sensitivity(asked, label),
        translations={
            language: Translation(label=spoken.get(language), codes=dict((other or {}).get(language, {})))
            for language in languages
        },
        **more,
    )


def _sensitivity(asked: Asked, label: Text) -> Sensitivity:
    """Return what the question's type or wording says; an answer of a person is never shown in messages."""
    if asked.kind in (*DEVICES, *PLACES, *FILES):
        return "direct"
    guessed = guessed_sensitivity(str(asked.node["name"]), label.en, label.zh)
    return guessed if guessed != "none" else "sensitive"


def column_name(text: str) -> str:
    """Return a text as a contract's column name.

    >>> column_name("Q1-Age"), column_name("_1"), column_name("年龄")
    ('q1_age', 'q_1', 'q')
    """
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text).strip("_").lower()
    name = plain if plain[:1].isalpha() else f"q_{plain}".rstrip("_")
    return name.removesuffix("__st")
