"""Questionnaires (XLSForm) → contracts for the tables that they fill.

Belongs here: reading a form by pyxform, languages, constraints, repeats, and saying what a contract cannot keep. Does not:
exports of answers (data.readers.field_export), what a contract may say (data.contracts).
"""

from data.forms.draft import Draft
from data.forms.next_version import draft_next_version
from data.forms.tables import draft_contracts
from data.forms.workbook import Form, read_form

__all__ = ["Draft", "Form", "draft_contracts", "draft_next_version", "read_form"]
