"""A lake on this machine: which objects belong to its tables, and their rows as they stand."""

import re
from pathlib import Path

import pyarrow.parquet as parquet

# Engines differ in what they pass over: some read hidden files, some fail on foreign ones. So the objects are picked here.
OBJECT = re.compile(r"run_date=\d{4}-\d\d-\d\d/\d{8}T\d{6}Z-[0-9a-f]{4}(-\d{5}\.zstd)?\.parquet")


class Nights:
    """The tables below a destination directory."""

    def __init__(self, root):
        self.root = Path(root) / "v1"

    def files(self, table):
        """The objects of a table, by night and run."""
        folder = self.root / table
        return [path for path in sorted(folder.rglob("*.parquet")) if OBJECT.fullmatch(str(path.relative_to(folder)))]

    def foreign(self, table):
        """What else lies under the prefix of a table and is not hidden: queries on Athena would fail on it."""
        folder = self.root / table
        found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        return [
            str(path)
            for path in found
            if not OBJECT.fullmatch(str(path)) and not any(part.startswith(("_", ".")) for part in path.parts)
        ]

    def rows(self, table, columns):
        """The rows with these columns and run_date; a column that a file does not have is None."""
        rows = []
        for path in self.files(table):
            night = path.parent.name.removeprefix("run_date=")
            # Without a list of types: the folder's name is no column.
            for row in parquet.ParquetFile(path).read().to_pylist():
                rows.append({column: row.get(column) for column in columns} | {"run_date": night})
        return rows

    def last_night(self):
        """The last night for which a run was committed, as text."""
        return max(path.parent.name.removeprefix("run_date=") for path in self.files("runs"))
