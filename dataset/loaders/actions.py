"""Mend action codes that lost their leading zero on the way, as they do in spreadsheets."""

from dataset.codebook import is_action_code
from dataset.errors import Refused


def mended(code: str, root: str | None = None) -> str:
    """Give an action code its leading zero back if it was lost; the root code tells it.

    Without a root code, `43` can only be `043`, as 43 is no root; `10` could be the root 10 or
    `010`, and is refused. Codes that were never well-formed stay as they are.
    """
    if not (code.isascii() and code.isdigit()) or code[0] == "0" or len(code) > 4:
        return code
    if root:
        root = root.zfill(2)
        if code.startswith(root):
            return code
        if f"0{code}".startswith(root) and is_action_code(f"0{code}"):
            return f"0{code}"
    elif not is_action_code(code):
        return f"0{code}" if is_action_code(f"0{code}") else code
    # Three and four digits that are well-formed have lost nothing: 01 and 020 have no subcodes.
    if len(code) == 2 and is_action_code(code):
        raise Refused(
            "action_code", f"{code!r} is ambiguous: it is {code}, or 0{code} whose zero was lost."
        )
    return code
