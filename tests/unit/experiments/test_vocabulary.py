"""Every field inside a part and every code of a vocabulary has its words in both languages, and no word is left over."""

from __future__ import annotations

from experiments.registry.protocol import Protocol
from experiments.registry.vocabulary import entries


def declared():
    """Return (part, field) of each field inside a part, and (part, field, code) of each code anywhere."""
    schema = Protocol.model_json_schema()
    fields, codes = set(), set()
    for part, inner in [("", schema), *schema["$defs"].items()]:
        for name, said in inner.get("properties", {}).items():
            if part and part != "Words":
                fields.add((part, name))
            codes |= {(part, name, code) for code in enumerated(said)}
    return fields, codes


def enumerated(said):
    alone = said.get("const")
    found = {*said.get("enum", ()), *([alone] if isinstance(alone, str) else [])}
    for inner in (*said.get("anyOf", ()), said.get("items", {})):
        if isinstance(inner, dict) and inner:
            found |= enumerated(inner)
    return found


def used(table, keys):
    """Return which entry serves each of the keys, most particular first; None where none does."""
    known = entries(table)
    return {options[0]: next((key for key in options if key in known), None) for options in keys}


def test_every_field_and_code_has_words_and_no_word_is_idle():
    fields, codes = declared()
    names = used("names", [(f"{part}.{field}", field) for part, field in fields])
    values = used("values", [(f"{part}.{field}.{code}", f"{field}.{code}", code) for part, field, code in codes])
    assert sorted(key for key, found in (names | values).items() if found is None) == []
    assert sorted(entries("names").keys() - set(names.values())) == []
    assert sorted(entries("values").keys() - set(values.values())) == []
