"""Readers: the bytes of a file → a table of text with the row numbers that a spreadsheet shows.

Belongs here: recognising a format by content, decoding, finding the header, splitting into cells. Does not: what a cell means
(quality casts and checks), what a column is called in the contract (quality.columns), keeping the bytes (quality.intake).
"""

from data.readers.file import read_file
from data.readers.open import FileContent, staged, staged_bytes
from data.readers.raw import Note, RaggedRow, RawTable
from data.readers.read import read_content
from data.readers.sandbox import ask_safely, read_safely

__all__ = [
    "FileContent",
    "Note",
    "RaggedRow",
    "RawTable",
    "ask_safely",
    "read_content",
    "read_file",
    "read_safely",
    "staged",
    "staged_bytes",
]
