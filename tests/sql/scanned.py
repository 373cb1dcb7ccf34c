"""What Athena scans for a view: the stored bytes of the columns that it reads, in the nights that it does not pass over.

`make scanned LAKE=DIRECTORY` tells it of a lake, by view; nothing is run, all of it is in the metadata of the files.
"""

import re
import sys
from collections import defaultdict

import pyarrow.parquet as parquet
from sqlglot import exp
from sqlglot.optimizer.pushdown_predicates import pushdown_predicates
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from nights import Nights
from statements import tables, views

# Of a query; Athena rounds up to it.
LEAST = 10 * 1024 * 1024
# US dollars for a terabyte, in most regions.
PRICE = 5.0


def reads(view):
    """The scans of a view: (table, columns, days): how many days before today it goes back, or none for every night."""
    schema = {table: columns | {"run_date": "varchar"} for table, columns in tables().items()}
    sources = {name: tree.copy() for name, tree in views().items()}
    tree = exp.expand(views()[view].copy(), sources, dialect="athena")
    tree = qualify(tree, schema=schema, dialect="athena", validate_qualify_columns=False)
    tree = pushdown_projections(pushdown_predicates(tree))
    for scope in traverse_scope(tree):
        for alias, source in scope.sources.items():
            if isinstance(source, exp.Table) and source.name in schema:
                columns = {column.name for column in scope.columns if column.table == alias}
                yield source.name, columns & tables()[source.name].keys(), _days(scope.expression, alias)


def _days(select, alias):
    """How far back a bound on the night lets a scan go, in days: its own or, since one on what is grouped by is pushed down,
    that of a query around it."""
    while select is not None:
        where = select.args.get("where")
        for bound in where.find_all(exp.GTE) if where else ():
            column, interval = bound.this, bound.expression.find(exp.Interval)
            if interval and column.table == alias and column.name in ("run_date", "run_partition"):
                return int(interval.this.name)
        around = select.parent
        alias, select = (around.alias, select.parent_select) if isinstance(around, exp.Subquery) else ("", None)
    return None


class Stored:
    """The stored bytes of the columns of a lake, by table and night."""

    def __init__(self, nights):
        self.nights = nights
        self.of = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        for table in tables():
            for path in nights.files(table):
                night = self.of[table][path.parent.name.removeprefix("run_date=")]
                metadata = parquet.ParquetFile(path).metadata
                for group in range(metadata.num_row_groups):
                    for place in range(metadata.num_columns):
                        column = metadata.row_group(group).column(place)
                        night[re.split(r"\.", column.path_in_schema)[0]] += column.total_compressed_size

    def scanned(self, view, nights):
        """Bytes that the view reads where there are so many nights like the last one."""
        return sum(
            sum(self.last(table)[column] for column in columns) * (nights if days is None else min(nights, days + 1))
            for table, columns, days in reads(view)
        )

    def last(self, table):
        """Bytes of the columns of a table in the last night."""
        return self.of[table][self.nights.last_night()]


def main(root):
    """A line for each table and each view of a lake."""
    stored = Stored(Nights(root))
    print(f"{'':<24}{'bytes of the last night':>26}")
    for table in tables():
        print(f"{table:<24}{sum(stored.last(table).values()):>26,}")
    print(f"\n{'scanned for':<24}{'bytes after a week':>26}{'after a year':>18}{'USD':>12}")
    for view in views():
        week, year = stored.scanned(view, 7), stored.scanned(view, 365)
        print(f"{view:<24}{week:>26,}{year:>18,}{max(year, LEAST) / 1024**4 * PRICE:>12.6f}")


if __name__ == "__main__":
    main(sys.argv[1])
