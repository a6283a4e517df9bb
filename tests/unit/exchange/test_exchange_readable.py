"""The readable exports: everything visible is there in both languages, nothing hidden is, the page asks nobody for anything."""

import hashlib
import html as escaping
import json
import re

import pytest

from data.messages import WrongUsage
from experiments.registry.exchange.cover import bare_cover
from experiments.registry.exchange.export import FORMATS, exported, known_format
from experiments.registry.protocol import Protocol, protocol_digest

ALL = frozenset(Protocol.model_fields)


def page(protocol, form, visible=ALL):
    return exported(protocol, form, visible=visible, cover=bare_cover(protocol, "full" if visible == ALL else "public"))


@pytest.mark.parametrize("form", ["html", "markdown", "json"])
def test_every_text_and_number_of_the_protocol_can_be_read(form, full):
    protocol, leaves = full
    text = escaping.unescape(page(protocol, form))
    assert [(path, value) for path, value in leaves if str(value) not in text] == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_hidden_field_is_named_and_not_shown(form, full):
    protocol, leaves = full
    text = page(protocol, form, ALL - {"data_protection"})
    own = [str(value) for path, value in leaves if path.startswith("data_protection.") and len(str(value)) > 3]
    assert own
    assert [value for value in own if value in text] == []
    assert "data_protection" in text or "Data protection" in text or "protection" in text.lower()


def test_the_page_asks_nobody_for_anything(full):
    text = page(full[0], "html")
    assert re.findall(r"""(?:src|href)=["'](?!#)""", text) == []
    assert "@import" not in text
    assert "url(" not in text
    assert "<script" not in text


def test_a_name_with_markup_stays_a_name(full):
    protocol = full[0].model_copy(update={"acronym": "<b>&x"})
    assert "&lt;b&gt;&amp;x" in page(protocol, "html")


def test_the_complete_json_is_the_document_of_the_hash(full):
    assert hashlib.sha256(page(full[0], "json").encode()).hexdigest() == protocol_digest(full[0])


@pytest.mark.parametrize("form", ["aea", "osf", "ctgov"])
def test_a_form_says_which_schema_it_follows_and_which_version_it_is(form, full):
    document = json.loads(page(full[0], form))
    assert document["schema"]["name"]
    assert document["zonelab"]["document_sha256"] == protocol_digest(full[0])


def test_a_format_that_nobody_knows_is_refused_by_name():
    with pytest.raises(WrongUsage, match="docx"):
        known_format("docx")
