"""Other registries' forms: nothing of a protocol is lost silently, nothing hidden is shown, their vocabularies are theirs."""

import json

import pytest

from experiments.registry.exchange.aea import to_aea
from experiments.registry.exchange.ctgov import to_ctgov
from experiments.registry.exchange.osf import to_osf
from experiments.registry.protocol import Protocol

FORMS = {"aea": to_aea, "osf": to_osf, "ctgov": to_ctgov}
ALL = frozenset(Protocol.model_fields)


@pytest.mark.parametrize("form", FORMS)
def test_every_field_is_mapped_or_listed_as_unmapped(form, full):
    _, account = FORMS[form](full[0], ALL)
    assert sorted((*account.mapped, *account.unmapped)) == sorted(Protocol.model_fields)
    assert account.withheld == ()


@pytest.mark.parametrize("form", FORMS)
def test_every_text_and_number_stands_in_the_form_or_among_the_unmapped_values(form, full):
    protocol, leaves = full
    document, account = FORMS[form](protocol, ALL)
    shown = json.dumps(document, ensure_ascii=False)
    left = json.dumps(account.left, ensure_ascii=False)
    lost = [(path, value) for path, value in leaves if str(value) not in shown and str(value) not in left]
    assert lost == []


@pytest.mark.parametrize("form", FORMS)
def test_a_hidden_field_leaves_no_trace(form, full):
    protocol, leaves = full
    for hidden in Protocol.model_fields:
        document, account = FORMS[form](protocol, ALL - {hidden})
        shown = json.dumps([document, account.left], ensure_ascii=False)
        own = [str(value) for path, value in leaves if path.split(".")[0] == hidden and len(str(value)) > 3]
        assert account.withheld == (hidden,)
        assert [value for value in own if value in shown] == []


def test_an_empty_draft_gives_a_form_without_empty_answers():
    draft = Protocol(experiment_id="SE-2031-0001", title_brief={"en": "A draft"})
    for make in FORMS.values():
        assert "null" not in json.dumps(make(draft, ALL)[0])
