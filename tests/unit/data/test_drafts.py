"""A draft is saved by revision: two windows never overwrite each other unnoticed."""

import pytest

from data import drafts
from data.messages import NotFound, Refused

FORM = {"title_brief": {"zh": "社区"}, "planned_n": 12, "share": 0.5, "unset": None}


def test_a_draft_comes_back_as_saved(ledger):
    draft_id = drafts.create(ledger, "li", FORM)
    got = drafts.load(ledger, draft_id, "li")
    assert (got.draft_id, got.owner, got.content, got.revision) == ("D-000001", "li", FORM, 1)
    assert got.saved_at.endswith("+00:00")


def test_saving_counts_the_revision(ledger):
    draft_id = drafts.create(ledger, "li", {})
    assert drafts.save(ledger, draft_id, "li", FORM, 1) == 2
    assert drafts.save(ledger, draft_id, "li", {"a": 1}, 2) == 3
    assert drafts.load(ledger, draft_id, "li").content == {"a": 1}


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_a_stale_revision_is_refused_in_both_languages(ledger, revision):
    draft_id = drafts.create(ledger, "li", {})
    drafts.save(ledger, draft_id, "li", FORM, 1)
    with pytest.raises(Refused, match=r"E-DRAFT-01.*revision 2") as refused:
        drafts.save(ledger, draft_id, "li", {"lost": 1}, revision)
    assert "第 2 版" in refused.value.text.zh
    assert drafts.load(ledger, draft_id, "li").content == FORM


def test_an_owner_sees_their_own_the_last_saved_first(ledger):
    first, second = drafts.create(ledger, "li", {}), drafts.create(ledger, "li", {})
    drafts.create(ledger, "wang", {})
    drafts.save(ledger, first, "li", FORM, 1)
    assert [draft.draft_id for draft in drafts.list_of(ledger, "li")] == [first, second]
    assert drafts.list_of(ledger, "nobody") == []


@pytest.mark.parametrize("draft_id", ["D-000009", "D-1", "D-00000１", "'; drop", "", "D-9999999999999999999999"])
def test_what_is_not_there_is_not_found(ledger, draft_id):
    drafts.create(ledger, "li", {})
    for act in (drafts.load, drafts.remove):
        with pytest.raises(NotFound, match="E-DRAFT-02"):
            act(ledger, draft_id, "li")


def test_somebody_elses_draft_is_not_found(ledger):
    draft_id = drafts.create(ledger, "li", FORM)
    with pytest.raises(NotFound, match="E-DRAFT-02"):
        drafts.save(ledger, draft_id, "wang", {}, 1)
    with pytest.raises(NotFound, match="E-DRAFT-02"):
        drafts.load(ledger, draft_id, "wang")


def test_the_number_of_a_removed_draft_is_not_given_out_again(ledger):
    gone = drafts.create(ledger, "li", {})
    drafts.remove(ledger, gone, "li")
    assert drafts.create(ledger, "li", {}) != gone


def test_drafts_leave_no_trace_in_the_ledger(ledger):
    drafts.remove(ledger, drafts.create(ledger, "li", FORM), "li")
    assert ledger.events() == []


def test_not_a_number_is_refused(ledger):
    with pytest.raises(ValueError, match="JSON"):
        drafts.create(ledger, "li", {"x": float("nan")})
