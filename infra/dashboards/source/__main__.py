"""Makes the files of the dashboards beside this folder: `python3 infra/dashboards/source`."""

import json
from pathlib import Path

import grafana
import quicksight
import tiles

WIDTH = 200


def files():
    """The text of each file by its name."""
    board = tiles.load()
    made = {"quicksight.json": quicksight.template(board), "cid.yaml": quicksight.cid(board), "grafana.json": grafana.dashboard(board)}
    return {name: lines(content) + "\n" for name, content in made.items()}


def lines(value, indent=0):
    """JSON, which YAML is, too, with what fits into one line in one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    margin = " " * (indent + 2)
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {lines(member, indent + 2)}" for key, member in value.items()]
    else:
        inner = [lines(item, indent + 2) for item in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{margin}" + f",\n{margin}".join(inner) + f"\n{' ' * indent}{last}"


if __name__ == "__main__":
    for name, text in files().items():
        (Path(__file__).parents[1] / name).write_text(text)
