"""The dashboard for Grafana and its data source for Athena: a panel and a query for each tile, a variable for each column by which a
sheet can be narrowed."""

from tiles import MOST, Kind, Unit

SOURCE = {"type": "grafana-athena-datasource", "uid": "${datasource}"}
ARGUMENTS = {"region": "__default", "catalog": "__default", "database": "__default"}
# The time range of the dashboard, for partitions and for days.
NIGHTS = "run_partition BETWEEN $__rawTimeFrom('yyyy-MM-dd') AND $__rawTimeTo('yyyy-MM-dd')"
HEIGHTS = {Kind.KPI: 5, Kind.LINE: 9, Kind.BAR: 9, Kind.TABLE: 11}
UNITS = {Unit.COUNT: "short", Unit.PERCENT: "percent", Unit.DAYS: "d", Unit.MINUTES: "m"}
# More rows than these are not read by people.
ROWS = 1000
# The formats of the data source's answers.
TIME_SERIES, TABLE = 0, 1
# A line that is longer between two points than this is broken: a night is missing. In milliseconds.
GAP = 36 * 3600 * 1000
# How the data source has it that nothing is chosen: the text is put in as it is.
ALL = "'all'"


def dashboard(board):
    """The dashboard as Grafana imports it."""
    panels, y = [], 0
    for sheet in board.sheets:
        panels.append(_panel("row", sheet.name, 0, y, 24, 1) | {"collapsed": False, "panels": []})
        y += 1
        for tiles in sheet.rows():
            x = 0
            height = max(HEIGHTS[tile.kind] for tile in tiles)
            for tile in tiles:
                width = tile.width * 24 // 36
                panels.append(_panel("", tile.title, x, y, width, height) | _content(tile, sheet.filters))
                x += width
            y += height
    for number, panel in enumerate(panels, 1):
        panel["id"] = number
    return {
        "title": board.name,
        "uid": "sagesweep",
        "description": board.description,
        "tags": ["sagesweep", "sagemaker", "security"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "timezone": "utc",
        "time": {"from": "now-90d", "to": "now"},
        "refresh": "",
        "graphTooltip": 1,
        "annotations": {"list": []},
        "links": [],
        "templating": {"list": [_source(), *_variables(board)]},
        "panels": panels,
    }


def _panel(kind, title, x, y, width, height):
    return {"type": kind, "title": title, "gridPos": {"x": x, "y": y, "w": width, "h": height}}


def _source():
    return {
        "type": "datasource",
        "name": "datasource",
        "label": "Athena",
        "query": SOURCE["type"],
        "refresh": 1,
        "current": {},
        "options": [],
        "hide": 0,
    }


def _variables(board):
    for each in board.filters:
        query = f"WITH shown AS (\n{each.dataset.sql(NIGHTS)}\n)\nSELECT DISTINCT {each.text} AS text, {each.column} AS value"
        query += f"\nFROM shown\nWHERE {each.column} IS NOT NULL\nORDER BY text"
        yield {
            "type": "query",
            "name": each.column,
            "label": each.column.removesuffix("_id").removesuffix("_name").replace("_", " "),
            "datasource": SOURCE,
            "query": _target(query, TABLE),
            "refresh": 1,
            "includeAll": True,
            "allValue": ALL,
            "current": {"text": "All", "value": "$__all"},
            "multi": False,
            "options": [],
            "sort": 0,
            "hide": 0,
        }


def _content(tile, filters):
    make = {Kind.KPI: _stat, Kind.LINE: _series, Kind.BAR: _series if tile.by_day else _bars, Kind.TABLE: _table}[tile.kind]
    kind, options, custom, answers = make(tile)
    made = {
        "type": kind,
        "datasource": SOURCE,
        "targets": [_target(sql(tile, filters), answers)],
        "options": options,
        "fieldConfig": {"defaults": {"custom": custom, "noValue": "N/A"}, "overrides": _overrides(tile)},
    }
    if tile.series and not tile.by_day:
        matrix = {"rowField": tile.by, "columnField": tile.series, "valueField": _alias(tile, tile.measures[0]), "emptyValue": "zero"}
        made["transformations"] = [{"id": "groupingToMatrix", "options": matrix}]
    return made


def _target(query, answers):
    return {"refId": "A", "datasource": SOURCE, "connectionArgs": ARGUMENTS, "format": answers, "rawSQL": query}


def _overrides(tile):
    """The unit of each measure that has one; of a series that of its measure."""
    units = {measure.name: UNITS[measure.unit] for measure in tile.measures if measure.unit is not Unit.COUNT}
    if tile.series:
        return [_override({"id": "byType", "options": "number"}, unit) for unit in units.values()]
    # Whatever the case in which Athena gives a name back.
    return [_override({"id": "byRegexp", "options": f"/^{name}$/i"}, unit) for name, unit in units.items()]


def _override(matcher, unit):
    return {"matcher": matcher, "properties": [{"id": "unit", "value": unit}, {"id": "decimals", "value": 1}]}


def _stat(tile):
    # The last value, also where that is nothing: an older one would be taken for the present.
    reduce = {"calcs": ["last"], "fields": "", "values": False}
    return "stat", {"reduceOptions": reduce, "graphMode": "area", "colorMode": "none"}, {}, TIME_SERIES if tile.by else TABLE


def _series(tile):
    bars = tile.kind is Kind.BAR
    custom = {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 60 if bars else 0,
        "showPoints": "never" if bars else "always",
        "spanNulls": False,
        "insertNulls": GAP if tile.by != "month" else False,
        "stacking": {"mode": "normal" if bars else "none", "group": "A"},
    }
    return "timeseries", {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}, custom, TIME_SERIES


def _bars(tile):
    field = f"{tile.by}\\{tile.series}" if tile.series else tile.by
    options = {"orientation": "horizontal", "stacking": "normal", "xField": field, "legend": {"displayMode": "list", "placement": "bottom"}}
    return "barchart", options, {}, TABLE


def _table(_tile):
    return "table", {"showHeader": True}, {"filterable": True}, TABLE


def sql(tile, filters):
    """The query of a tile, narrowed by those of the columns `filters` that its dataset has."""
    dataset = tile.dataset
    where = [f"$__dateFilter({dataset.days})"] if dataset.days else []
    where += [f"${{{column}:sqlstring}} IN ({ALL}, {column})" for column in filters if column in dataset.columns]
    if tile.kept:
        most = f"SELECT {tile.kept} FROM shown GROUP BY {tile.kept} ORDER BY sum({tile.most}) DESC, {tile.kept} LIMIT {MOST}"
        where.append(f"{tile.kept} IN ({most})")
    query = f"WITH shown AS (\n{dataset.sql(NIGHTS)}\n)\nSELECT {', '.join(_selected(tile))}\nFROM shown"
    query += f"\nWHERE {' AND '.join(where)}" if where else ""
    keys = [column for column in (tile.by, tile.series) if column] or (list(tile.columns) if tile.measures else [])
    query += f"\nGROUP BY {', '.join(keys)}" if keys else ""
    query += f"\nORDER BY {', '.join(_ordered(tile))}" if _ordered(tile) else ""
    return query + (f"\nLIMIT {ROWS}" if tile.kind is Kind.TABLE else "")


def _alias(tile, measure):
    """The name of a measure in the answer; a matrix finds it by that, and shows the values of the series."""
    return "value" if tile.series else measure.name


def _selected(tile):
    measures = [f'{measure.of} AS "{_alias(tile, measure)}"' for measure in tile.measures]
    if tile.by_day:
        return [f"CAST({tile.by} AS timestamp) AS time", *([tile.series] if tile.series else []), *measures]
    return [*(column for column in (tile.by, tile.series) if column), *tile.columns, *measures]


def _ordered(tile):
    if tile.kind is Kind.TABLE:
        return [f'"{tile.sort}" {"DESC" if tile.descending else "ASC"} NULLS LAST', *(f'"{column}"' for column in tile.columns)]
    if tile.by_day:
        return ["1"]
    if tile.by is None:
        return []
    first = f"max({tile.order}) DESC" if tile.order else f'"{_alias(tile, tile.measures[0])}" DESC'
    return [first, tile.by, *([f"max({tile.series_order})"] if tile.series_order else [])]
