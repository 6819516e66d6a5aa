"""Addresses of services, and the passwords in them, which nobody is to see."""

import re

_PASSWORD = re.compile("(?<=://)([^:@]*):(.*)@", re.DOTALL)
"""From the first `:` to the last `@`, whatever is between: it may not be encoded as it should."""


def password_in(url: str) -> str:
    """Give the password in an address; nothing if there is none."""
    found = _PASSWORD.search(url)
    return found[2] if found else ""


def without_password(url: str) -> str:
    """Write an address for people to read."""
    return _PASSWORD.sub(r"\1:***@", url)
