"""The tabs of the Panel page, one module each; the page chooses which one runs."""
