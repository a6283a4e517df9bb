"""Readers: the bytes of a file → a table of text with the row numbers that a spreadsheet shows.

Belongs here: recognising a format by content, decoding, finding the header, splitting into cells. Does not: what a cell means
(quality casts and checks), what a column is called in the contract (quality.columns), keeping the bytes (quality.intake).
"""

from data.readers.open import FileContent, open_file
from data.readers.raw import Note, RaggedRow, RawTable
from data.readers.read import read_content, read_file

__all__ = ["FileContent", "Note", "RaggedRow", "RawTable", "open_file", "read_content", "read_file"]
