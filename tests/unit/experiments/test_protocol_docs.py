"""PROTOCOL.md is what the declarations say."""

from experiments.registry.docs_protocol import TARGET, document
from experiments.registry.fields import fields, nested_fields


def test_the_page_is_generated_from_the_declarations():
    assert TARGET.read_text(encoding="utf-8") == document(), "run: python -m experiments.registry.docs_protocol"


def test_every_field_stands_in_it_once_with_its_words():
    page = document()
    for item in (*fields(), *nested_fields()):
        assert page.count(f" `{item.path}` ") == 1
        assert f"{item.facts.judged.en} · {item.facts.judged.zh}" in page
