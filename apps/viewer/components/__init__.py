"""Pieces of a page: the address, the frame, markup, charts. No SQL here, and no numbers but those handed in."""
