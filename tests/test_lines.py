"""Lines of CSV that are made in SQL are those of Python's csv module, to the byte."""

import csv
import io
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import duckdb
import pytest
from columnar_store import refreshed
from rich_store import client_on, public_id, rows_of

from dataset import columnar, lines, pages
from dataset.columns import COLUMNS
from dataset.errors import Refused
from dataset.exports import extract, write_csv, written
from dataset.segments import Damaged
from dataset.selection import NEWEST_FIRST, OLDEST_FIRST, Selection
from dataset.snapshots import Store
from dataset.values import LIMITS, clean

FREE = [name for name, column in COLUMNS.items() if column.kind in lines.FREE]
NUMBER = '"goldstein"'
