"""The shape of the code: which way imports go, and that tables agree with each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataset.columns import COLUMNS
from dataset.conditions import CONDITIONS
from dataset.filters import FILTERS
from dataset.models import Event, Superseded
from schemas.events import EventSchema
from schemas.filters import EventFiltersSchema

ROOT = Path(__file__).parent.parent
DECLARATIONS = {
    "dataset.codebook",
    "dataset.codebook.names",
    "dataset.columns",
    "dataset.filters",
    "dataset.groups",
    "dataset.hints",
    "dataset.keys",
    "dataset.slips",
    "dataset.suggestions",
    "dataset.vocabularies",
    "dataset.words",
}
PACKAGES = {name: sorted((ROOT / name).rglob("*.py")) for name in ("api", "schemas", "dataset")}
MODULES = [path for paths in PACKAGES.values() for path in paths]


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def packages_of(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(path)}


@pytest.mark.parametrize("path", PACKAGES["dataset"], ids=str)
def test_dataset_knows_neither_http_nor_the_contract(path: Path) -> None:
    assert not packages_of(path) & {"api", "schemas", "flask", "flask_smorest", "marshmallow"}


@pytest.mark.parametrize("path", PACKAGES["schemas"], ids=str)
def test_schemas_know_only_the_declarations_of_the_data(path: Path) -> None:
    used = {name for name in imports_of(path) if name.startswith("dataset")}
    assert not packages_of(path) & {"api", "flask", "flask_smorest", "peewee"}
    assert all(name in DECLARATIONS or name.rpartition(".")[0] in DECLARATIONS for name in used)


@pytest.mark.parametrize(
    "name",
    [
        "columns",
        "filters",
        "groups",
        "hints",
        "keys",
        "slips",
        "suggestions",
        "vocabularies",
        "words",
    ],
)
def test_declarations_know_no_storage(name: str) -> None:
    path = ROOT / "dataset" / f"{name}.py"
    used = {name for name in imports_of(path) if name.startswith("dataset.")}
    assert not packages_of(path) & {"peewee", "playhouse", "apsw"}
    assert all(name in DECLARATIONS or name.rpartition(".")[0] in DECLARATIONS for name in used)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    assert not [node for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


STATEMENT = re.compile(
    r"\s*\(?(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|PRAGMA|ATTACH|VACUUM|COPY|SET)\s"
)


def texts_made(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what puts a text together: f-strings, sums, `%`, `format`, `join`, `replace`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.BinOp) or method_of(node) in TEXT_METHODS:
            yield node


def method_of(node: ast.AST) -> str:
    """Name the method that is called; those of psycopg's `sql.SQL` put names in quotes."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    of_psycopg = isinstance(node.func.value, ast.Call) and method_of(node.func.value) == "SQL"
    return "" if of_psycopg else node.func.attr


TEXT_METHODS = ("format", "format_map", "join", "replace", "substitute", "concat")
RUN = ("SQL", "execute_sql", "executemany", "execute", "executescript", "raw", "pragma")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_sql_is_never_put_together_from_text(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    run = [one for one in calls if getattr(one.func, "attr", getattr(one.func, "id", "")) in RUN]
    assert not [call for call in run if call.args[0] in set(texts_made(call.args[0]))]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_text_that_is_put_together_is_sql(path: Path) -> None:
    """Whatever becomes of it: a statement may be given a name before it is run."""
    made = texts_made(ast.parse(path.read_text("utf-8")))
    parts = [part for text in made for part in ast.walk(text) if isinstance(part, ast.Constant)]
    assert not [part.value for part in parts if STATEMENT.match(str(part.value))]


def test_every_filter_has_a_parameter_and_a_condition() -> None:
    assert FILTERS.keys() == CONDITIONS.keys() == EventFiltersSchema().fields.keys()


def test_every_column_is_stored_in_both_tables_of_versions() -> None:
    stored = {name for name, column in COLUMNS.items() if column.stored}
    assert stored <= Event._meta.fields.keys()
    assert stored <= Superseded._meta.fields.keys()
    assert Event._meta.fields.keys() <= Superseded._meta.fields.keys()


def test_every_column_is_at_its_place_in_the_event() -> None:
    paths = []
    for name, member in EventSchema().fields.items():
        inner = getattr(member, "schema", None)
        paths += [(name, one) for one in inner.fields] if inner else [(name,)]
    assert paths == [column.path for column in COLUMNS.values()]


def test_columns_that_cannot_be_missing_are_not_null_in_the_table() -> None:
    nullable = {name: Event._meta.fields[name].null for name, one in COLUMNS.items() if one.stored}
    assert nullable == {name: one.null for name, one in COLUMNS.items() if one.stored}
