"""Areas of the globe: the cells of places and of a box, the box of a circle."""

import math
from typing import NamedTuple

RADIUS_KM = 6371.0088
"""The mean radius of the Earth (IUGG); distances are great circles on a sphere of it."""
FARTHEST_KM = math.pi * RADIUS_KM
"""Half a great circle: no place is farther away."""
COLUMNS = 360
GRID_ROWS, GRID_COLUMNS = 360, 720
LAST_GRID_CELL = GRID_ROWS * GRID_COLUMNS
MOST_CELLS = 200
"""A box of more cells is not looked up cell by cell."""
# Far more than what rounding takes off the edge of a box, far less than any distance in the data.
_MARGIN = 1e-7


class Box(NamedTuple):
    """A box of degrees; it lies across the date line if its west is greater than its east."""

    west: float
    south: float
    east: float
    north: float


class Circle(NamedTuple):
    """All places within a distance of a point."""

    latitude: float
    longitude: float
    km: float


def cell_of(latitude: float, longitude: float) -> int:
    """Give the one-degree cell of a place: 360 to a row, from -90, -180."""
    return _row(latitude) * COLUMNS + _column(longitude)


def grid_cell_of(latitude: float, longitude: float) -> int:
    """Give the PRIO-GRID cell of a place: half a degree, 720 to a row, from 1 at -90, -180."""
    row = min(math.floor((latitude + 90) * 2), GRID_ROWS - 1)
    return row * GRID_COLUMNS + min(math.floor((longitude + 180) * 2), GRID_COLUMNS - 1) + 1


def cells_around(grid_cell: int) -> list[int]:
    """List the one-degree cells of a PRIO-GRID cell; those of the pole are a row of their own."""
    row, column = divmod(grid_cell - 1, GRID_COLUMNS)
    rows = [row // 2, *([row // 2 + 1] if row == GRID_ROWS - 1 else [])]
    return [one * COLUMNS + column // 2 for one in rows]


def _row(latitude: float) -> int:
    return math.floor(latitude + 90)


def _column(longitude: float) -> int:
    return min(math.floor(longitude + 180), COLUMNS - 1)


def cells_of(box: Box) -> list[int] | None:
    """List the cells that a box touches; None if they are too many."""
    rows = range(_row(box.south), _row(box.north) + 1)
    first, last = _column(box.west), _column(box.east)
    columns = [*range(first, last + 1)]
    if box.west > box.east:
        columns = sorted({*range(first, COLUMNS), *range(last + 1)})
    if len(rows) * len(columns) > MOST_CELLS:
        return None
    return [row * COLUMNS + column for row in rows for column in columns]


def box_of(circle: Circle) -> Box:
    """Give a box that holds a circle; round a pole it holds all meridians."""
    angle = circle.km / RADIUS_KM
    degrees = math.degrees(angle) + _MARGIN
    south, north = circle.latitude - degrees, circle.latitude + degrees
    if south <= -90 or north >= 90:
        return Box(-180, max(south, -90), 180, min(north, 90))
    width = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(circle.latitude))))
    width += _MARGIN
    west, east = circle.longitude - width, circle.longitude + width
    return Box(west + 360 * (west < -180), south, east - 360 * (east > 180), north)
