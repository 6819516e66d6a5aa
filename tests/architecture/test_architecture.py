"""The shape of the code: which way imports go, and that tables agree with each other."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import FILTERS
from dataset.selections.conditions import CONDITIONS
from dataset.store.models import Event, Superseded
from schemas.events import EventSchema
from schemas.filters import EventFiltersSchema
from support.paths import ROOT

LAYERS = (
    ("dataset.errors", "dataset.declarations", "dataset.codebook"),
    ("dataset.store", "dataset.inputs"),
    ("schemas", "dataset.building", "dataset.selections"),
    ("dataset.loaders", "dataset.writes", "dataset.parquet_copy", "dataset.maintenance"),
    ("dataset.loading", "dataset.events"),
    ("dataset.exports", "dataset.aggregates", "dataset.catalogue", "dataset.charts"),
    (
        *("api.settings", "api.terminals", "api.context", "api.middleware"),
        *("api.requests", "api.openapi", "api.responses"),
    ),
    ("api.resources", "api.pages"),
    ("api", "api.server", "api.commands"),
)
"""From words over storage, rules, sources, reading, results to HTTP: nothing imports upward."""
NEVER = {
    "schemas": ("dataset.store", "dataset.inputs", "peewee", "flask", "flask_smorest"),
    "dataset": ("api", "schemas", "flask", "flask_smorest", "marshmallow"),
    "dataset.declarations": ("peewee", "playhouse", "apsw"),
    "dataset.codebook": ("peewee", "playhouse", "apsw"),
    "dataset.building": ("dataset.store",),
    "dataset.loaders": ("dataset.store",),
    "dataset.inputs": ("dataset.store",),
    "dataset.selections": ("dataset.parquet_copy",),
    "api.resources": ("dataset.loading", "dataset.writes"),
    "api.server": ("dataset.events",),
}
"""What a package does not know, whatever its layer."""
PACKAGES = {name: sorted((ROOT / name).rglob("*.py")) for name in ("api", "schemas", "dataset")}
MODULES = [path for paths in PACKAGES.values() for path in paths]


RESOLVERS = ("resolve_name", "import_module", "__import__")
MODULE = re.compile(r"[\w*]+(\.[\w*]+)*(:[\w*.]+)?")
"""A text that may name a module, or a thing in one; `*` is what only a running program knows."""
HTTP = {"api", "schemas", "flask", "flask_smorest", "marshmallow"}


def imports_of(path: Path) -> set[str]:
    """Name the modules that a module imports, and those that its texts name."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return imports_in(ast.parse(path.read_text("utf-8")), package)


def imports_in(tree: ast.Module, package: str) -> set[str]:
    names = set(named_in_text(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            module = resolve_name(relative, package) if node.level else relative
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def named_in_text(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that texts may name; `dataset` alone is a column, too."""
    for text in texts_in(tree):
        if MODULE.fullmatch(text) and text != "dataset":
            yield text.partition(":")[0]


def texts_in(tree: ast.Module) -> Iterator[str]:
    """Yield all texts; in those that are put together, `*` stands for all but constants."""
    constants = constants_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            yield str(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (getattr(part, "value", None) for part in node.values)
            yield "".join(
                part if isinstance(part, str) else constants.get(ast.unparse(part), "*")
                for part in parts
            )


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Give the texts that have a name in a module."""
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    return {
        ast.unparse(node.targets[0]): node.value.value
        for node in assigned
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def packages_of(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(path)}


def package_of(module: str) -> str:
    """Name the package of ours in which a module, or a thing in one, is; empty if in none."""
    parts = module.split(".")
    known = {name for layer in LAYERS for name in layer}
    named = [".".join(parts[:length]) for length in (2, 1) if ".".join(parts[:length]) in known]
    return named[0] if named else ""


def arrows() -> set[tuple[str, str]]:
    """Yield the imports from one package to another."""
    found = set()
    for path in MODULES:
        own = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found |= {(own, package_of(name)) for name in imports_of(path) if "." in name}
    return {(one, other) for one, other in found if other and one != other}


@pytest.mark.parametrize(
    "line",
    [
        "import flask",
        "from flask import g",
        'resolve_name("flask:Flask")',
        'import_module("flask")',
        'Format("a", writer="schemas.events:EventSchema")',
        'TABLE = {"a": "api.commands.main:main"}',
        'resolve_name(f"api.{name}:register")',
        'API = "api.commands.main"\nresolve_name(f"{API}:main")',
        'name = "api"\nresolve_name(name).cli',
    ],
)
def test_a_module_is_seen_however_it_is_named(line: str) -> None:
    found = imports_in(ast.parse(line), "dataset")
    assert {name.partition(".")[0] for name in found} & HTTP


@pytest.mark.parametrize(
    "line",
    [
        "from dataset.store import models",
        "from .store import models",
        "from .store.models import Event",
        'resolve_name("dataset.store.models:Event")',
        'resolve_name(f"dataset.store.{name}:Event")',
    ],
)
def test_a_package_is_seen_however_it_is_named(line: str) -> None:
    found = imports_in(ast.parse(line), "dataset")
    assert "dataset.store" in {package_of(name) for name in found}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_is_imported_by_name_has_a_name_that_can_be_read(path: Path) -> None:
    """A text is put together by an f-string alone, and begins with what stands in the module."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    resolving = [
        call
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in RESOLVERS
    ]
    constants = constants_of(tree)
    assert all(begins_with_text(made, constants) for call in resolving for made in texts_made(call))


def begins_with_text(made: ast.AST, constants: dict[str, str]) -> bool:
    """Tell whether a text is an f-string whose beginning can be read."""
    first = made.values[0] if isinstance(made, ast.JoinedStr) else None
    if isinstance(first, ast.FormattedValue):
        return ast.unparse(first.value) in constants
    return isinstance(first, ast.Constant)


def test_every_module_is_in_a_layer() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES]
    assert not [name for name in names if not package_of(name) and name != "dataset.__init__"]


def test_no_import_goes_to_a_higher_layer() -> None:
    height = {name: at for at, layer in enumerate(LAYERS) for name in layer}
    assert not [(one, other) for one, other in arrows() if height[one] < height[other]]


def test_packages_import_each_other_in_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for one, other in arrows():
        graph.setdefault(one, set()).add(other)
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_package_knows_what_it_should_not(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    forbidden = {
        other
        for package, others in NEVER.items()
        for other in others
        if f"{own}.".startswith(f"{package}.")
    }
    known = imports_of(path)
    assert not [name for name in known for other in forbidden if f"{name}.".startswith(f"{other}.")]


@pytest.mark.parametrize("package", sorted(ROOT.glob("[ads]*/**/__init__.py")), ids=str)
def test_every_package_says_in_a_sentence_what_it_is_for(package: Path) -> None:
    said = ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""
    assert said.endswith(".")


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
