"""The description of the dashboards in `tiles.toml`: datasets, measures and tiles, checked for what they refer to."""

import json
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HERE = Path(__file__).parent
# The columns of the views, as the tests of the views read them from an engine.
VIEW_COLUMNS = HERE.parents[2] / "src" / "lake" / "sql" / "columns.json"
# How many values of a column `most` keeps.
MOST = 10
# A column that a measure is made of, with what is made of it.
AGGREGATE = re.compile(r"\b(sum|max|count)\((DISTINCT )?(\w+)\)")


class Kind(StrEnum):
    """What a tile looks like."""

    KPI = "kpi"
    LINE = "line"
    BAR = "bar"
    TABLE = "table"


class Unit(StrEnum):
    """What a measure is counted in."""

    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Dataset:
    """What tiles read: a view, or a query of views."""

    name: str
    view: str | None
    query: str | None
    columns: dict[str, str]
    # The column by which days are picked.
    days: str | None
    direct: bool

    @property
    def identifier(self):
        """Its name where other datasets are, too."""
        return f"sagesweep_{self.name}"

    def sql(self, nights):
        """The query, which reads the nights of which the condition `nights` on run_partition is true."""
        return self.query.strip().replace("{nights}", nights) if self.query else f"SELECT {', '.join(self.columns)} FROM {self.view}"


@dataclass(frozen=True)
class Measure:
    """What is computed of the rows of a dataset, as an aggregate in SQL."""

    name: str
    of: str
    unit: Unit

    @property
    def columns(self):
        """The columns that it is made of."""
        return {column for _, _, column in AGGREGATE.findall(self.of)}


@dataclass(frozen=True)
class Tile:
    """One picture on a sheet."""

    kind: Kind
    title: str
    dataset: Dataset
    width: int
    by: str | None = None
    series: str | None = None
    most: str | None = None
    order: str | None = None
    series_order: str | None = None
    columns: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    sort: str | None = None
    descending: bool = False

    @property
    def id(self):
        """Its title, as an id."""
        return "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))

    @property
    def by_day(self):
        """Whether it shows something over time."""
        return self.by is not None and self.dataset.columns[self.by] == "date"

    @property
    def kept(self):
        """The column of which only some values are kept."""
        return (self.series or self.by) if self.most else None

    def check(self):
        """Fails where it refers to what is not there."""
        named = [self.by, self.series, self.most, self.order, self.series_order, *self.columns]
        named += [column for measure in self.measures for column in measure.columns]
        missing = {column for column in named if column} - self.dataset.columns.keys()
        assert not missing, f"{self.title}: {self.dataset.name} has no {missing}"
        shown = {*self.columns, *(measure.name for measure in self.measures)}
        assert self.sort is None or self.sort in shown, f"{self.title} does not show {self.sort}"
        assert self.kind is Kind.TABLE or self.measures, self.title
        assert self.series is None or len(self.measures) == 1, f"{self.title}: a series is of one measure"


@dataclass(frozen=True)
class Sheet:
    """A page of tiles, with the columns by which it can be narrowed."""

    id: str
    name: str
    tiles: tuple[Tile, ...]
    filters: tuple[str, ...] = ()

    def rows(self, columns=36):
        """The tiles by row, as they fit."""
        row = []
        for tile in self.tiles:
            if sum(other.width for other in row) + tile.width > columns:
                yield row
                row = []
            row.append(tile)
        yield row


@dataclass(frozen=True)
class Filter:
    """A column by which sheets can be narrowed."""

    column: str
    # Where all its values are, and the column that people know them by.
    dataset: Dataset
    text: str


@dataclass(frozen=True)
class Board:
    """All of it."""

    name: str
    description: str
    sheets: tuple[Sheet, ...]
    datasets: tuple[Dataset, ...]
    filters: tuple[Filter, ...]


def load(file=HERE / "tiles.toml"):
    """The description, as it stands in the file."""
    raw = tomllib.loads(file.read_text())
    views = json.loads(VIEW_COLUMNS.read_text())
    datasets = {name: _dataset(name, entry, views) for name, entry in raw["datasets"].items()}
    measures = {
        name: Measure(name, entry["of"], Unit(entry.get("unit", Unit.COUNT))) for name, entry in raw["measures"].items()
    }
    sheets = tuple(_sheet(entry, datasets, measures) for entry in raw["sheets"])
    filters = tuple(
        Filter(column, datasets[entry["dataset"]], entry.get("text", column)) for column, entry in raw["filters"].items()
    )
    assert all({each.column, each.text} <= each.dataset.columns.keys() for each in filters), "a filter on no column"
    assert {each.column for each in filters} == {column for sheet in sheets for column in sheet.filters}, "filters"
    used = [tile.dataset for sheet in sheets for tile in sheet.tiles]
    assert {dataset.name for dataset in used} == datasets.keys(), "a dataset that no tile reads"
    shown = [measure for sheet in sheets for tile in sheet.tiles for measure in tile.measures]
    assert {measure.name for measure in shown} == measures.keys(), "a measure that no tile shows"
    return Board(raw["name"], raw["description"], sheets, tuple(datasets.values()), filters)


def _dataset(name, entry, views):
    view, query = entry.get("view"), entry.get("query")
    if view:
        types = {column["name"]: column["type"] for column in views[view]}
        columns = {column: types[column] for column in entry["columns"]}
    else:
        columns = dict(column.split() for column in entry["columns"])
    return Dataset(name, view, query, columns, entry.get("days"), entry.get("direct", False))


def _sheet(entry, datasets, measures):
    tiles = []
    for given in entry["tiles"]:
        fields = given | {"kind": Kind(given["kind"]), "dataset": datasets[given["dataset"]]}
        fields["columns"] = tuple(given.get("columns", ()))
        fields["measures"] = tuple(measures[name] for name in given.get("measures", ()))
        tiles.append(Tile(**fields))
        tiles[-1].check()
    filters = tuple(entry.get("filters", ()))
    for column in filters:
        assert any(column in tile.dataset.columns for tile in tiles), f"{entry['id']} has no {column} to narrow by"
    return Sheet(entry["id"], entry["name"], tuple(tiles), filters)
