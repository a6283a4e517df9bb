"""Documents stay as they were put, and a changed one is never handed out."""

import pytest
import sqlalchemy as sa

from data import catalog, documents
from data.messages import NotFound, PlatformFailed

PLAN = '{"title":"社区门诊"}'


def put(ledger, content=PLAN, kind="protocol"):
    with ledger.transaction() as connection:
        return documents.put(connection, kind, content)


def rows(ledger):
    return [dict(row) for row in documents.each(ledger)]


def test_a_document_comes_back_under_its_hash(ledger):
    name = put(ledger)
    assert name == documents.sha256_text(PLAN)
    assert documents.get(ledger, name) == PLAN


def test_the_same_content_is_kept_once_with_its_first_kind(ledger):
    assert put(ledger) == put(ledger, kind="diagnosis")
    assert [row["kind"] for row in rows(ledger)] == ["protocol"]


def test_a_document_and_the_rest_of_the_transaction_stand_or_fall_together(ledger):
    def put_then_fail():
        with ledger.transaction() as connection:
            documents.put(connection, "protocol", PLAN)
            raise KeyError

    with pytest.raises(KeyError):
        put_then_fail()
    assert rows(ledger) == []


def test_what_is_not_kept_is_not_found(ledger):
    with pytest.raises(NotFound, match=r"E-DOC-01.*f{64}"):
        documents.get(ledger, "f" * 64)


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(catalog.documents).values(kind="x"),
        sa.update(catalog.documents).values(content="x"),
        sa.delete(catalog.documents),
        sa.insert(catalog.documents).values(
            sha256=documents.sha256_text(PLAN), kind="x", content="x", created_at="2026"
        ),
    ],
    ids=["kind", "content", "delete", "insert"],
)
def test_the_database_itself_refuses_changes(ledger, statement):
    name = put(ledger)
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|documents_pkey"), ledger.transaction() as connection:
        connection.execute(statement)
    assert documents.get(ledger, name) == PLAN


def test_a_changed_document_is_named_not_handed_out(ledger, untied):
    name = put(ledger)
    untied(sa.update(catalog.documents).values(content=PLAN.replace("社", "杜")))
    with pytest.raises(PlatformFailed, match=f"E-DOC-02.*{name}.*protocol"):
        documents.get(ledger, name)
    with pytest.raises(PlatformFailed, match="E-DOC-02"):
        put(ledger)
