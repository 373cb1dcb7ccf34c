"""The columns of the views, from which the catalog is made, are those that an engine finds.

`SAGESWEEP_UPDATE=1 make sql ARGS=tests/sql/test_columns.py` writes them anew.
"""

import json
import os

from statements import VIEW_FILES, views

FILE = VIEW_FILES / "columns.json"
TYPES = {
    "VARCHAR": "varchar",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    # Athena's instants have no zone: they are in UTC.
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}


def test_the_columns_of_the_views_are_written_down(duck):
    found = {
        view: [{"name": name, "type": TYPES.get(kind, kind)} for name, kind in duck.columns(view)]
        for view in sorted(views())
    }
    text = _lines(found)
    if os.environ.get("SAGESWEEP_UPDATE"):
        FILE.write_text(text)
    assert FILE.read_text() == text, f"{FILE.name} is stale: see {__name__}"
    assert all(column["type"] in TYPES.values() for columns in found.values() for column in columns)


def _lines(found):
    """JSON with a line for each column."""
    views = [
        f'  "{view}": [\n' + ",\n".join(f"    {json.dumps(column)}" for column in columns) + "\n  ]"
        for view, columns in found.items()
    ]
    return "{\n" + ",\n".join(views) + "\n}\n"
