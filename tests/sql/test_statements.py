"""The text of the views and of the DDL: that Athena parses it, and that it keeps to what all engines know."""

import pytest
import sqlglot
import trino_sql_validator
from sqlglot import exp

from statements import ATHENA, VIEW_FILES, on, statements, views

# Parsers accept functions that do not exist. Athena has all of these; the embedded engine has them or is given them.
FUNCTIONS = {
    "array_agg", "array_join", "array_sort", "cast", "coalesce", "count", "date_diff", "date_format", "date_trunc",
    "element_at", "json_extract", "json_extract_scalar", "json_format", "lag", "max", "min", "nullif", "row_number", "sum",
}  # fmt: skip
# What the trees of the views are made of besides functions. Anything else needs a look at every engine first.
NODES = {
    "Add", "Alias", "And", "Between", "Boolean", "Case", "Column", "CurrentDate", "DataType", "Distinct", "Div", "EQ",
    "Filter", "From", "GT", "GTE", "Group", "Identifier", "If", "In", "Interval", "Is", "JSONPath",
    "JSONPathKey", "JSONPathRoot", "Join", "LT", "LTE", "Literal",
    "Mul", "NEQ", "Neg", "Not", "Null", "Or", "Order", "Ordered", "Paren", "Select", "Star", "Sub", "Subquery", "Table",
    "TableAlias", "Tuple", "Values", "Var", "Where", "Window",
}  # fmt: skip

# What Athena's DDL wants in backticks, by its documentation.
RESERVED = set(
    """all alter and array as authorization between bigint binary boolean both by case cashe cast char column conf
    constraint commit create cross cube current current_date current_timestamp cursor database date dayofweek decimal delete
    describe distinct div double drop else end exchange exists extended external extract false fetch float floor following
    for foreign from full function grant group grouping having if import in inner insert int integer intersect interval into
    is join lateral left less like local macro map more none not null numeric of on only or order out outer over partialscan
    partition percent preceding precision preserve primary procedure range reads reduce regexp references revoke right rlike
    rollback rollup row rows select set smallint start table tablesample then time timestamp to transform trigger true
    truncate unbounded union uniquejoin update user using utc_timestamp values varchar views when where window with""".split()
)


def functions(tree):
    """The functions of a query, as Athena spells them."""
    # A value of a map has a syntax of its own in the tree.
    called = [node for node in tree.find_all(exp.Func, exp.Bracket) if type(node).__name__ not in NODES]
    return {node.sql(dialect="athena").partition("(")[0].lower() for node in called}


@pytest.mark.parametrize("view", views())
def test_a_view_keeps_to_what_all_engines_know(view):
    tree = views()[view]
    assert functions(tree) <= FUNCTIONS
    others = {type(node).__name__ for node in tree.walk() if not isinstance(node, exp.Func | exp.Bracket)}
    assert others <= NODES


def test_every_function_of_the_list_is_used():
    assert set().union(*(functions(tree) for tree in views().values())) == FUNCTIONS


@pytest.mark.parametrize("view", views())
def test_a_view_is_trinos_sql(view):
    """A second parser, which also knows the functions and types that Trino has."""
    answer = trino_sql_validator.validate((VIEW_FILES / f"{view}.sql").read_text())
    assert answer.valid and not answer.warnings, answer


def test_the_statements_are_the_files_of_the_views():
    created = dict(zip(views(), statements(ATHENA / "views.sql"), strict=True))
    assert set(created) == {file.stem for file in VIEW_FILES.glob("*.sql")}
    for view, statement in created.items():
        (query,) = statements(VIEW_FILES / f"{view}.sql")
        assert statement == f"CREATE OR REPLACE VIEW {view} AS\n{query}"
        assert trino_sql_validator.validate(statement).valid


def test_the_ddl_parses_and_computes_the_nights():
    for statement in statements(ATHENA / "tables.sql"):
        tree = sqlglot.parse_one(statement, dialect="athena")
        assert not tree.find(exp.Command), statement
        pairs = [node for node in tree.args["properties"].expressions if type(node) is exp.Property]
        properties = {node.name: node.args["value"].name for node in pairs}
        location = tree.args["properties"].find(exp.LocationProperty).this.name
        assert location == f"s3://LAKE/v1/{tree.this.this.name}/"
        assert properties["projection.enabled"] == "true"
        assert properties["storage.location.template"] == location + "run_date=${run_date}/"


def test_the_ddl_quotes_what_it_reserves():
    for statement in statements(ATHENA / "tables.sql"):
        for name in sqlglot.parse_one(statement, dialect="athena").find_all(exp.ColumnDef):
            assert name.this.quoted or name.name not in RESERVED, name


def test_the_present_is_asked_of_the_engine_once_and_by_a_constant():
    """Athena leaves nights unread only where the bound is a constant: a comparison with what a query finds is none."""
    for view, tree in views().items():
        for node in tree.find_all(exp.CurrentDate):
            bound = node.find_ancestor(exp.GTE)
            assert bound.this.name in ("run_date", "run_partition"), view
            assert not bound.expression.find(exp.Column, exp.Select), view
        assert not on("2026-11-24", tree).find(exp.CurrentDate)
