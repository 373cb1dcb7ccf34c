"""The DDL and the views as the repository holds them, as syntax trees of Athena's dialect."""

from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

ROOT = Path(__file__).parents[2]
VIEW_FILES = ROOT / "src" / "lake" / "sql"
ATHENA = ROOT / "infra" / "athena"


def statements(file):
    """The statements of a file, each as text without comments before it."""
    text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("--"))
    return [statement.strip() for statement in f"{text}\n".split(";\n") if statement.strip()]


@cache
def tables():
    """Tables by name: their columns with types as Athena spells them; each has the partition run_date besides."""
    found = {}
    for statement in statements(ATHENA / "tables.sql"):
        tree = sqlglot.parse_one(statement, dialect="athena")
        partition = tree.args["properties"].find(exp.PartitionedByProperty)
        assert [column.name for column in partition.find_all(exp.ColumnDef)] == ["run_date"], statement
        columns = [column for column in tree.this.expressions if column.name != "run_date"]
        found[tree.this.this.name] = {
            column.name: column.kind.sql("hive").lower().replace("`", "") for column in columns
        }
    return found


@cache
def views():
    """Queries by the name of their view, in an order in which each finds those that it reads."""
    trees = [sqlglot.parse_one(statement, dialect="athena") for statement in statements(ATHENA / "views.sql")]
    return {tree.this.name: tree.expression for tree in trees}


def on(day, tree):
    """The query as it would be asked on that day."""

    def dated(node):
        return exp.cast(exp.Literal.string(day), "date") if isinstance(node, exp.CurrentDate) else node

    return tree.transform(dated)


def in_dialect(tree, dialect):
    """The query in the words of another engine."""

    def mended(node):
        # sqlglot makes TO_JSON of it; Spark's GET_JSON_OBJECT gives text already.
        return node.this if dialect == "spark" and isinstance(node, exp.JSONFormat) else node

    return tree.transform(mended).sql(dialect=dialect, comments=False)
