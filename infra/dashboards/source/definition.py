"""The dashboard as QuickSight defines one: visuals, computed fields, filters and their controls, on named datasets."""

import re

from tiles import AGGREGATE, MOST, Kind, Unit

HEIGHTS = {Kind.KPI: 6, Kind.LINE: 12, Kind.BAR: 12, Kind.TABLE: 14}
SUFFIXES = {Unit.COUNT: ("", 0), Unit.PERCENT: (" %", 1), Unit.DAYS: (" d", 1), Unit.MINUTES: (" min", 1)}


def definition(board, arn):
    """The definition; `arn` gives the ARN of a dataset."""
    return {
        "DataSetIdentifierDeclarations": [
            {"Identifier": dataset.identifier, "DataSetArn": arn(dataset)} for dataset in board.datasets
        ],
        "CalculatedFields": _calculated(board),
        "FilterGroups": [group for sheet in board.sheets for group in (*_narrowing(sheet), *_keeping(sheet))],
        "Sheets": [_sheet(sheet) for sheet in board.sheets],
        "AnalysisDefaults": {
            "DefaultNewSheetConfiguration": {
                "InteractiveLayoutConfiguration": {"Grid": {"CanvasSizeOptions": _canvas()}},
                "SheetContentType": "INTERACTIVE",
            }
        },
    }


def _canvas():
    return {"ScreenCanvasSizeOptions": {"ResizeOption": "FIXED", "OptimizedViewPortWidth": "1600px"}}


def _calculated(board):
    """Each measure is a field of each dataset that it is shown of."""
    shown = {
        (tile.dataset.identifier, measure.name): measure for sheet in board.sheets for tile in sheet.tiles for measure in tile.measures
    }
    return [
        {"DataSetIdentifier": identifier, "Name": name, "Expression": expression(measure)}
        for (identifier, name), measure in sorted(shown.items())
    ]


def expression(measure):
    """A measure in the words of QuickSight, whose division of whole numbers is not cut off."""

    def braced(match):
        function, distinct, column = match.groups()
        return f"{'distinct_' if distinct else ''}{function}({{{column}}})"

    return AGGREGATE.sub(braced, measure.of).replace("nullif", "nullIf").replace("100e0", "100")


def _sheet(sheet):
    row, elements = 0, []
    for tiles in sheet.rows():
        column = 0
        height = max(HEIGHTS[tile.kind] for tile in tiles)
        for tile in tiles:
            elements.append(
                {
                    "ElementId": visual_id(sheet, tile),
                    "ElementType": "VISUAL",
                    "ColumnIndex": column,
                    "ColumnSpan": tile.width,
                    "RowIndex": row,
                    "RowSpan": height,
                }
            )
            column += tile.width
        row += height
    grid = {"Elements": elements, "CanvasSizeOptions": _canvas()}
    made = {
        "SheetId": sheet.id,
        "Name": sheet.name,
        "ContentType": "INTERACTIVE",
        "Visuals": [_visual(sheet, tile) for tile in sheet.tiles],
        "Layouts": [{"Configuration": {"GridLayout": grid}}],
    }
    if sheet.filters:
        made["FilterControls"] = [_control(sheet, column) for column in sheet.filters]
        controls = [
            {"ElementId": f"{sheet.id}-by-{column}", "ElementType": "FILTER_CONTROL", "ColumnSpan": 6, "RowSpan": 2}
            for column in sheet.filters
        ]
        made["SheetControlLayouts"] = [{"Configuration": {"GridLayout": {"Elements": controls}}}]
    return made


def visual_id(sheet, tile):
    """The id of a tile among all sheets."""
    return f"{sheet.id}-{tile.id}"


def _narrowing(sheet):
    """A filter for each column by which the sheet can be narrowed, on all datasets that have the column."""
    for column in sheet.filters:
        first = next(tile.dataset for tile in sheet.tiles if column in tile.dataset.columns)
        category = {
            "FilterId": f"{sheet.id}-{column}",
            "Column": _column(first, column),
            "Configuration": {
                "FilterListConfiguration": {
                    "MatchOperator": "CONTAINS",
                    "SelectAllOptions": "FILTER_ALL_VALUES",
                    "NullOption": "ALL_VALUES",
                }
            },
        }
        scope = {"SheetId": sheet.id, "Scope": "ALL_VISUALS"}
        yield _group(f"{sheet.id}-{column}-group", "ALL_DATASETS", scope, {"CategoryFilter": category})


def _keeping(sheet):
    """A filter for each tile that keeps some values of a column only."""
    for tile in sheet.tiles:
        if tile.kept is None:
            continue
        visual = visual_id(sheet, tile)
        top = {
            "FilterId": f"{visual}-most",
            "Column": _column(tile.dataset, tile.kept),
            "Limit": MOST,
            "AggregationSortConfigurations": [
                {
                    "Column": _column(tile.dataset, tile.most),
                    "SortDirection": "DESC",
                    "AggregationFunction": {"NumericalAggregationFunction": {"SimpleNumericalAggregation": "SUM"}},
                }
            ],
        }
        scope = {"SheetId": sheet.id, "Scope": "SELECTED_VISUALS", "VisualIds": [visual]}
        yield _group(f"{visual}-most-group", "SINGLE_DATASET", scope, {"TopBottomFilter": top})


def _group(group, datasets, scope, made):
    return {
        "FilterGroupId": group,
        "CrossDataset": datasets,
        "Status": "ENABLED",
        "ScopeConfiguration": {"SelectedSheets": {"SheetVisualScopingConfigurations": [scope]}},
        "Filters": [made],
    }


def _control(sheet, column):
    return {
        "Dropdown": {
            "FilterControlId": f"{sheet.id}-by-{column}",
            "Title": column.removesuffix("_id").removesuffix("_name").replace("_", " ").capitalize(),
            "SourceFilterId": f"{sheet.id}-{column}",
            "Type": "MULTI_SELECT",
        }
    }


def _visual(sheet, tile):
    make = {Kind.KPI: _kpi, Kind.LINE: _line, Kind.BAR: _bar, Kind.TABLE: _table}[tile.kind]
    name, configuration = make(visual_id(sheet, tile), tile)
    title = {"Visibility": "VISIBLE", "FormatText": {"PlainText": tile.title}}
    return {name: {"VisualId": visual_id(sheet, tile), "Title": title, "ChartConfiguration": configuration}}


def _kpi(visual, tile):
    wells = {"Values": _measures(visual, tile)}
    if tile.by:
        wells["TrendGroups"] = [_dimension(visual, tile, tile.by)]
    options = {"PrimaryValueDisplayType": "ACTUAL", "Sparkline": {"Visibility": "VISIBLE", "Type": "LINE"}}
    return "KPIVisual", {"FieldWells": wells, "KPIOptions": options if tile.by else {"PrimaryValueDisplayType": "ACTUAL"}}


def _line(visual, tile):
    axis = {"MissingDataConfigurations": [{"TreatmentOption": "SHOW_AS_BLANK"}]}
    wells = {"LineChartAggregatedFieldWells": _wells(visual, tile)}
    sort = {"CategorySort": [_by_field(visual, tile.by, "ASC")]}
    return "LineChartVisual", {
        "FieldWells": wells, "Type": "LINE", "SortConfiguration": sort, "PrimaryYAxisDisplayOptions": axis,
    }  # fmt: skip


def _bar(visual, tile):
    sort = {"CategorySort": [_order(visual, tile)]}
    if tile.series_order:
        sort["ColorSort"] = [_by_column(tile.dataset, tile.series_order, "ASC")]
    return "BarChartVisual", {
        "FieldWells": {"BarChartAggregatedFieldWells": _wells(visual, tile)},
        "Orientation": "VERTICAL" if tile.by_day else "HORIZONTAL",
        "BarsArrangement": "STACKED",
        "SortConfiguration": sort,
    }


def _order(visual, tile):
    """Days go on; else by what the tile says, or the largest first."""
    if tile.by_day:
        return _by_field(visual, tile.by, "ASC")
    if tile.order or tile.most:
        return _by_column(tile.dataset, tile.order or tile.most, "DESC")
    return _by_field(visual, tile.measures[0].name, "DESC")


def _table(visual, tile):
    if tile.measures:
        groups = [_dimension(visual, tile, column) for column in tile.columns]
        wells = {"TableAggregatedFieldWells": {"GroupBy": groups, "Values": _measures(visual, tile)}}
    else:
        values = [{"FieldId": _field(visual, column), "Column": _column(tile.dataset, column)} for column in tile.columns]
        wells = {"TableUnaggregatedFieldWells": {"Values": values}}
    direction = "DESC" if tile.descending else "ASC"
    return "TableVisual", {"FieldWells": wells, "SortConfiguration": {"RowSort": [_by_field(visual, tile.sort, direction)]}}


def _wells(visual, tile):
    wells = {"Category": [_dimension(visual, tile, tile.by)], "Values": _measures(visual, tile)}
    if tile.series:
        wells["Colors"] = [_dimension(visual, tile, tile.series)]
    return wells


def _field(visual, name):
    return f"{visual}.{'-'.join(re.findall(r'[A-Za-z0-9_]+', name))}"


def _column(dataset, column):
    return {"DataSetIdentifier": dataset.identifier, "ColumnName": column}


def _dimension(visual, tile, column):
    made = {"FieldId": _field(visual, column), "Column": _column(tile.dataset, column)}
    match tile.dataset.columns[column]:
        case "varchar":
            return {"CategoricalDimensionField": made}
        case "date" | "timestamp":
            return {"DateDimensionField": made | {"DateGranularity": "DAY"}}
        case kind:
            raise TypeError(f"{tile.title}: {column} of {kind} is no dimension")


def _measures(visual, tile):
    """An aggregate of its own takes no other one."""
    return [
        {
            "NumericalMeasureField": {
                "FieldId": _field(visual, measure.name),
                "Column": _column(tile.dataset, measure.name),
                "FormatConfiguration": {"FormatConfiguration": {"NumberDisplayFormatConfiguration": _format(measure)}},
            }
        }
        for measure in tile.measures
    ]


def _format(measure):
    suffix, places = SUFFIXES[measure.unit]
    made = {"DecimalPlacesConfiguration": {"DecimalPlaces": places}, "NumberScale": "NONE"}
    made["NullValueFormatConfiguration"] = {"NullString": "N/A"}
    return made | ({"Suffix": suffix} if suffix else {})


def _by_field(visual, name, direction):
    return {"FieldSort": {"FieldId": _field(visual, name), "Direction": direction}}


def _by_column(dataset, column, direction):
    function = {"NumericalAggregationFunction": {"SimpleNumericalAggregation": "MAX"}}
    return {"ColumnSort": {"SortBy": _column(dataset, column), "Direction": direction, "AggregationFunction": function}}
