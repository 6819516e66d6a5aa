"""What the filters of places mean in SQL: in a box, near a point."""

import math
from typing import Any

from peewee import Expression, fn

from dataset.declarations.geometry import (
    FARTHEST_KM,
    RADIUS_KM,
    Box,
    Circle,
    box_of,
    cells_around,
    cells_of,
)
from dataset.store.models import Version, field

Table = type[Version]

RADIAN = math.pi / 180
ROUNDED = 1e-24
"""The haversine of a hundredth of a millimetre: what rounding makes of two names of one place."""


def within(table: Table, box: tuple[float, float, float, float]) -> Expression:
    """Match places in a box of west, south, east, north; across the date line if west > east.

    A small box is looked up by its cells, which lead an index.
    """
    west, south, east, north = box
    longitude, latitude = field(table, "place_longitude"), field(table, "place_latitude")
    meridians = (
        longitude.between(west, east) if west <= east else (longitude >= west) | (longitude <= east)
    )
    inside: Expression = latitude.between(south, north) & meridians
    cells = cells_of(Box(*box))
    return inside if cells is None else table.place_cell.in_(cells) & inside


def near(table: Table, circle: tuple[float, float, float]) -> Expression:
    """Match places within a distance: haversines are compared, which need no inverse."""
    latitude, longitude, km = circle
    if km >= FARTHEST_KM:
        return field(table, "place_latitude").is_null(False)
    across = _haversine(field(table, "place_latitude"), latitude)
    along = _haversine(field(table, "place_longitude"), longitude)
    narrowed = fn.COS(field(table, "place_latitude") * RADIAN) * math.cos(latitude * RADIAN)
    farthest = math.sin(km / (2 * RADIUS_KM)) ** 2 + ROUNDED
    return within(table, box_of(Circle(*circle))) & (across + narrowed * along <= farthest)


def in_grid_cell(table: Table, grid_cell: int) -> Expression:
    """Match places in a PRIO-GRID cell, found by the one-degree cell, which leads an index."""
    cells = cells_around(grid_cell)
    around = table.place_cell == cells[0] if len(cells) == 1 else table.place_cell.in_(cells)
    return around & (field(table, "place_priogrid_gid") == grid_cell)


def _haversine(column: Any, degrees: float) -> Any:
    """Give the haversine of the angle between a column and a value, both in degrees."""
    return fn.POWER(fn.SIN((column - degrees) * (RADIAN / 2)), 2)
