"""The cart: variables chosen for an extract, kept as codes in the address, so that it survives pages, reloads and shared links.

Belongs here: the cart's code, adding, taking out. Does not: which variables exist (codebook_reads), the extract (extracting).
`table.variable.variable~table.variable` needs no escaping in an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.viewer.components import address

CODE = "cart"
MOST = 200
"""Variables that a cart may hold: an address has an end."""
Cart = dict[str, tuple[str, ...]]


def parsed(code: str | None) -> Cart:
    """Return table → variables of a cart's code; what has not the form of one is left out.

    >>> parsed("panel_individual_wave.wait_min.treat~dim_unit.unit_type~x")
    {'panel_individual_wave': ('wait_min', 'treat'), 'dim_unit': ('unit_type',)}
    """
    found: Cart = {}
    for part in (code or "").split("~"):
        table, *names = part.split(".")
        kept = tuple(dict.fromkeys((*found.get(table, ()), *(name for name in names if name))))
        if table and kept:
            found[table] = kept
    return found


def coded(cart: Mapping[str, Sequence[str]]) -> str | None:
    """Return the code of a cart; None of an empty one.

    >>> coded({"dim_unit": ("unit_type",), "dim_wave": ()}), coded({})
    ('dim_unit.unit_type', None)
    """
    return "~".join(".".join((table, *names)) for table, names in cart.items() if names) or None


def size(cart: Mapping[str, Sequence[str]]) -> int:
    """Return how many variables are in a cart."""
    return sum(len(names) for names in cart.values())


def held() -> Cart:
    """Return the cart of this session."""
    return parsed(address.code(CODE))


def holds(table: str, name: str) -> bool:
    """Tell whether a variable is in the cart."""
    return name in held().get(table, ())


def put(table: str, name: str) -> None:
    """Put a variable into the cart; beyond `MOST` nothing happens."""
    cart = held()
    if size(cart) < MOST:
        cart[table] = tuple(dict.fromkeys((*cart.get(table, ()), name)))
        address.put(cart=coded(cart))


def take(table: str, name: str) -> None:
    """Take a variable out of the cart."""
    cart = held()
    cart[table] = tuple(each for each in cart.get(table, ()) if each != name)
    address.put(cart=coded(cart))


def empty() -> None:
    """Take everything out."""
    address.put(cart=None)
