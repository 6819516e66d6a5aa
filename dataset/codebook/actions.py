"""The CAMEO action codes: a tree of roots, bases and codes, with their scales and PLOVER types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dataset.codebook.tables import rows

QUAD_CLASSES = {
    f"{root:02}": 1 + sum(root >= first for first in (6, 10, 15)) for root in range(1, 21)
}
"""The quad class of each root code."""

_SHAPE = re.compile(r"(?:0[1-9]|1[0-9]|20)[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Action:
    """One action code of the codebook."""

    code: str
    label: str
    parent: str | None
    root: str
    quad_class: int
    plover: str | None
    mode: str | None
    context: str | None
    goldstein: Mapping[str, float] = field(hash=False)

    @property
    def contexts(self) -> tuple[str, ...]:
        """Give the PLOVER contexts one by one."""
        return tuple(self.context.split(";")) if self.context else ()


def is_action_code(text: str) -> bool:
    """Tell whether a text has the shape of an action code: two to four digits, root 01 to 20."""
    return _SHAPE.fullmatch(text) is not None


def quad_class_of(code: str) -> int:
    """Give the quad class of any well-formed action code, known or not."""
    return QUAD_CLASSES[code[:2]]


def children(code: str) -> tuple[str, ...]:
    """Give the known codes one level below a code, in order."""
    return _CHILDREN.get(code, ())


def _action(row: list[str]) -> Action:
    code, label, plover, mode, context, *scales = row
    return Action(
        code=code,
        label=label,
        parent=_parent_of(code),
        root=code[:2],
        quad_class=quad_class_of(code),
        plover=plover or None,
        mode=mode or None,
        context=context or None,
        goldstein=MappingProxyType(_goldstein(scales)),
    )


def _parent_of(code: str) -> str | None:
    return code[:-1] if len(code) > 2 else None


def _goldstein(scales: list[str]) -> dict[str, float]:
    named = zip(("gdelt", "icews", "keds"), scales, strict=True)
    return {version: float(value) for version, value in named if value}


def _children() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for action in ACTIONS.values():
        if action.parent:
            found[action.parent] = (*found.get(action.parent, ()), action.code)
    return found


ACTIONS: dict[str, Action] = {row[0]: _action(row) for row in rows("actions")}
_CHILDREN = _children()
