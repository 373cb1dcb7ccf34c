"""The dashboards: that every column, dataset and query is one that the views answer, that the services take their form, and that the
files are made of their description."""

import json
import re
import runpy

import boto3
import pytest
import sqlglot
import trino_sql_validator
import yaml
from botocore.validate import ParamValidator
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from moto_server import moto
from one_account import ACCOUNT, REGION
from resolved import Resolved
from sqlglot import exp
from statements import in_dialect, on, views
from template import INFRA
from test_statements import FUNCTIONS, functions

FOLDER = INFRA / "dashboards"
PRINCIPAL = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:group/default/auditors"
READER = f"arn:aws:iam::{ACCOUNT}:role/reader"
STACK = Resolved("dashboards/quicksight.json", OwnerArn=PRINCIPAL, ReaderRoleArn=READER, Database="audit")
CID = yaml.safe_load((FOLDER / "cid.yaml").read_text())
GRAFANA = json.loads((FOLDER / "grafana.json").read_text())
# The types of QuickSight for those of DuckDB.
TYPES = {
    "VARCHAR": "STRING",
    "INTEGER": "INTEGER",
    "BIGINT": "INTEGER",
    "DOUBLE": "DECIMAL",
    "DATE": "DATETIME",
    "TIMESTAMP WITH TIME ZONE": "DATETIME",
}
# The functions of QuickSight that computed fields may use.
COMPUTED = {"sum", "max", "count", "distinct_count", "nullIf"}


def test_the_files_are_made_of_their_description():
    for name, text in runpy.run_path(str(FOLDER / "source"))["files"]().items():
        assert (FOLDER / name).read_text() == text, f"{name} is stale: python3 infra/dashboards/source"


def walk(value):
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(member)


def asked(query, today):
    """A query in DuckDB's words, as on that day; it may read views only, by functions that all engines have."""
    answer = trino_sql_validator.validate(query)
    assert answer.valid and not answer.warnings, (query, answer)
    tree = sqlglot.parse_one(query, dialect="athena")
    named = {each.alias for each in tree.find_all(exp.CTE)}
    assert {table.name for table in tree.find_all(exp.Table)} - named <= set(views())
    assert functions(tree) <= FUNCTIONS, query
    return in_dialect(on(today, tree), "duckdb")


# Where the three definitions of QuickSight are, with the datasets that they declare.
def _declared(kind):
    properties = next(iter(STACK.resources(f"AWS::QuickSight::{kind}").values()))
    by_logical = STACK.resources("AWS::QuickSight::DataSet")
    sets = {
        each["Identifier"]: by_logical[each["DataSetArn"].removesuffix(".Arn")]
        for each in properties["Definition"]["DataSetIdentifierDeclarations"]
    }
    return properties["Definition"], sets, "audit"


def _declared_by_cid():
    (dashboard,) = CID["dashboards"].values()
    sets = {}
    for each in dashboard["data"]["DataSetIdentifierDeclarations"]:
        sets[each["Identifier"]] = CID["datasets"][each["Identifier"]]["data"]
        assert each["DataSetArn"].endswith(f"/{sets[each['Identifier']]['DataSetId']}")
    assert list(sets) == dashboard["dependsOn"]["datasets"] == list(CID["datasets"])
    return dashboard["data"], sets, "${athena_database_name}"


DEFINITIONS = {"dashboard": _declared("Dashboard"), "analysis": _declared("Analysis"), "cid": _declared_by_cid()}


@pytest.fixture(params=DEFINITIONS)
def defined(request, duck, today):
    """A definition with the columns of each of its datasets: those that the engine finds."""
    definition, sets, database = DEFINITIONS[request.param]
    return definition, {name: _columns(data_set, database, duck, today) for name, data_set in sets.items()}


def _columns(data_set, database, duck, today):
    (table,) = data_set["PhysicalTableMap"].values()
    ((kind, source),) = table.items()
    if kind == "RelationalTable":
        assert (source["Catalog"], source["Schema"]) == ("AwsDataCatalog", database)
        found = dict(duck.columns(source["Name"]))
        assert source["Name"] in views()
        declared = source["InputColumns"]
    else:
        query = re.sub(rf"{re.escape(database)}\.(\w+)", r"\1", source["SqlQuery"])
        # Queries have no database of their own: each view must be named with it.
        assert not re.search(rf"\b(FROM|JOIN) (?!{re.escape(database)}\.)\w", source["SqlQuery"])
        found = {row[0]: row[1] for row in duck.connection.execute(f"DESCRIBE {asked(query, today)}").fetchall()}
        declared = source["Columns"]
        assert list(found) == [column["Name"] for column in declared]
    for column in declared:
        assert column["Type"] == TYPES[found[column["Name"]]], (data_set["Name"], column)
    return {column["Name"]: column["Type"] for column in declared}


def test_every_column_is_one_of_its_dataset(defined):
    definition, columns = defined
    computed = {name: set() for name in columns}
    for each in definition["CalculatedFields"]:
        identifier, name = each["DataSetIdentifier"], each["Name"]
        assert name not in columns[identifier] and name not in computed[identifier]
        computed[identifier].add(name)
        assert set(re.findall(r"\{(.*?)\}", each["Expression"])) <= columns[identifier].keys(), each
        assert set(re.findall(r"(\w+)\(", each["Expression"])) <= COMPUTED, each
    read = set()
    for each in walk(definition):
        if "ColumnName" in each:
            identifier, name = each["DataSetIdentifier"], each["ColumnName"]
            assert name in columns[identifier] or name in computed[identifier], each
            read.add((identifier, name))
    for identifier, names in computed.items():
        assert {name for other, name in read if other == identifier} >= names, "a computed field that nobody shows"
    assert {identifier for identifier, _ in read} == columns.keys(), "a dataset that nobody reads"


def test_measures_are_computed_and_dimensions_have_their_type(defined):
    definition, columns = defined
    for each in walk(definition):
        for kind, wanted in (("CategoricalDimensionField", "STRING"), ("DateDimensionField", "DATETIME")):
            if kind in each:
                column = each[kind]["Column"]
                assert columns[column["DataSetIdentifier"]][column["ColumnName"]] == wanted, each
        if "NumericalMeasureField" in each:
            # What is an aggregate already takes no other one.
            assert "AggregationFunction" not in each["NumericalMeasureField"]
            column = each["NumericalMeasureField"]["Column"]
            assert column["ColumnName"] not in columns[column["DataSetIdentifier"]]


def test_what_is_referred_to_is_there(defined):
    definition, _ = defined
    visuals = {}
    for sheet in definition["Sheets"]:
        for visual in sheet["Visuals"]:
            ((_, made),) = visual.items()
            assert made["VisualId"] not in visuals
            visuals[made["VisualId"]] = sheet["SheetId"]
            wells = {each["FieldId"] for each in walk(made["ChartConfiguration"]["FieldWells"]) if "FieldId" in each}
            sorts = made["ChartConfiguration"].get("SortConfiguration", {})
            assert {each["FieldId"] for each in walk(sorts) if "FieldId" in each} <= wells, made["VisualId"]
            assert len(made["VisualId"]) <= 512 and all(len(field) <= 512 for field in wells)
        (layout,) = sheet["Layouts"]
        placed = layout["Configuration"]["GridLayout"]["Elements"]
        assert [each["ElementId"] for each in placed] == [next(iter(visual.values()))["VisualId"] for visual in sheet["Visuals"]]
        _apart((each["ColumnIndex"], each["RowIndex"], each["ColumnSpan"], each["RowSpan"]) for each in placed)
    filters = {next(iter(each.values()))["FilterId"] for group in definition["FilterGroups"] for each in group["Filters"]}
    for group in definition["FilterGroups"]:
        (scope,) = group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]
        assert scope["SheetId"] in {sheet["SheetId"] for sheet in definition["Sheets"]}
        assert all(visuals[visual] == scope["SheetId"] for visual in scope.get("VisualIds", []))
    controls = [next(iter(each.values())) for sheet in definition["Sheets"] for each in sheet.get("FilterControls", [])]
    assert {control["SourceFilterId"] for control in controls} <= filters
    placed = [each["ElementId"] for sheet in definition["Sheets"] for each in walk(sheet.get("SheetControlLayouts", [])) if "ElementId" in each]
    assert placed == [control["FilterControlId"] for control in controls] and len(set(placed)) == len(placed)


def _apart(boxes, columns=36):
    taken = set()
    for x, y, width, height in boxes:
        cells = {(x + i, y + j) for i in range(width) for j in range(height)}
        assert x + width <= columns and not cells & taken
        taken |= cells


def test_the_limits_of_quicksight_are_kept():
    for definition, _, _ in DEFINITIONS.values():
        assert len(definition["Sheets"]) <= 20
        assert all(len(sheet["Visuals"]) <= 50 for sheet in definition["Sheets"])
        assert len(definition["CalculatedFields"]) <= 500 and len(definition["DataSetIdentifierDeclarations"]) <= 50


def test_coverage_comes_first_and_every_question_has_a_tile():
    titles = [panel["title"] for panel in GRAFANA["panels"] if panel["type"] != "row"]
    assert titles[0].startswith("Coverage")
    wanted = """Coverage|Score by organizational unit|Score of the accounts|Score by region|Score by framework|Score of the checks
        |Open findings by severity and age|past the time|New, reopened and resolved|Days until half|Days until nine of ten
        |Exceptions in force|end within 30 days|Accounts with most|comes from|Findings with their evidence|Duration|throttled"""
    for words in (each.strip() for each in wanted.split("|")):
        assert any(words in title for title in titles), words
    shown = [next(iter(visual.values()))["Title"]["FormatText"]["PlainText"] for sheet in DEFINITIONS["cid"][0]["Sheets"] for visual in sheet["Visuals"]]
    assert shown == titles


# Grafana, as its data source has it.
VARIABLES = {each["name"]: each for each in GRAFANA["templating"]["list"] if each["type"] == "query"}
PANELS = {panel["title"]: panel for panel in GRAFANA["panels"] if panel["type"] != "row"}


def expanded(query, today, chosen=None):
    """The query as the data source would send it: all nights, and each variable at what is chosen or at all."""
    first = "2026-11-01"
    query = re.sub(r"\$__dateFilter\((\w+)\)", rf"\1 BETWEEN date '{first}' AND date '{today}'", query)
    query = query.replace("$__rawTimeFrom('yyyy-MM-dd')", f"'{first}'").replace("$__rawTimeTo('yyyy-MM-dd')", f"'{today}'")

    def value(match):
        name = match[1]
        assert match[2] == ":sqlstring", match[0]
        if chosen and name in chosen:
            return "'" + chosen[name].replace("'", "''") + "'"
        return VARIABLES[name]["allValue"]

    query = re.sub(r"\$\{(\w+)(:\w+)?\}", value, query)
    assert "$" not in query, query
    return query


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_of_grafana_is_answered(title, duck, today):
    panel = PANELS[title]
    (target,) = panel["targets"]
    rows = duck.rows(asked(expanded(target["rawSQL"], today), today))
    assert rows, "of thirty nights in which all happens that can"
    names = list(rows[0])
    if target["format"] == 0:
        assert names[0] == "time" and panel["type"] in ("timeseries", "stat")
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows), "days go on"
        assert all(row["time"].hour == 0 for row in rows)
    for change in panel.get("transformations", []):
        options = change["options"]
        assert [options["rowField"], options["columnField"], options["valueField"]] == names
        assert panel["options"]["xField"] == f"{names[0]}\\{names[1]}"
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["id"] == "byRegexp":
            pattern = override["matcher"]["options"].removeprefix("/").removesuffix("/i")
            assert any(re.fullmatch(pattern, name, re.IGNORECASE) for name in names), override


@pytest.fixture(scope="module")
def choices(duck, today):
    """The values of each variable: the first and the last, of those that there are."""
    found = {}
    for name, variable in VARIABLES.items():
        rows = duck.rows(asked(expanded(variable["query"]["rawSQL"], today), today))
        assert rows and set(rows[0]) == {"text", "value"} and all(isinstance(row["value"], str) for row in rows)
        found[name] = [row["value"] for row in rows[:1] + rows[-1:]]
    return found


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_can_be_narrowed(title, duck, today, choices):
    query = PANELS[title]["targets"][0]["rawSQL"]
    for name in set(re.findall(r"\$\{(\w+):sqlstring\} IN", query)):
        for value in choices[name]:
            rows = duck.rows(asked(expanded(query, today, {name: value}), today))
            assert all(row.get(name, value) == value for row in rows)
        assert not duck.rows(asked(expanded(query, today, {name: "it's none"}), today))


def test_a_share_of_nothing_is_not_zero(duck, today):
    """In the answer it is NULL, and Grafana and QuickSight show that as nothing."""
    for definition, _, _ in DEFINITIONS.values():
        divided = [each["Expression"] for each in definition["CalculatedFields"] if "/" in each["Expression"]]
        assert divided and all("nullIf(" in expression for expression in divided)
        formats = [each["NumberDisplayFormatConfiguration"] for each in walk(definition) if "NumberDisplayFormatConfiguration" in each]
        assert formats and all(each["NullValueFormatConfiguration"] == {"NullString": "N/A"} for each in formats)
        lines = [each["LineChartVisual"]["ChartConfiguration"] for each in walk(definition) if "LineChartVisual" in each]
        blank = [{"TreatmentOption": "SHOW_AS_BLANK"}]
        assert lines and all(each["PrimaryYAxisDisplayOptions"]["MissingDataConfigurations"] == blank for each in lines)
    for panel in PANELS.values():
        assert panel["fieldConfig"]["defaults"]["noValue"] == "N/A"
        assert panel["type"] != "stat" or panel["options"]["reduceOptions"]["calcs"] == ["last"]
    (target,) = PANELS["Score: passed, of what was judged"]["targets"]
    nothing = expanded(target["rawSQL"], today).replace("FROM posture_trend", "FROM (SELECT 0 AS passed, 0 AS failed, * EXCLUDE (passed, failed) FROM posture_trend)")
    assert {row["Score"] for row in duck.rows(in_dialect(on(today, sqlglot.parse_one(nothing, dialect="duckdb")), "duckdb"))} == {None}


def test_grafana_knows_every_member_of_its_dashboard():
    """Read and written again by Grafana's own library nothing is lost."""
    assert _kept(GRAFANA, json.loads(json.dumps(Dashboard.from_json(GRAFANA), cls=JSONEncoder)))


def _kept(ours, theirs):
    if isinstance(ours, dict):
        return all(key in theirs and _kept(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(_kept, ours, theirs))
    return ours == theirs


def test_the_panels_of_grafana_stand_apart_and_ask_the_chosen_source():
    panels = GRAFANA["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) and len(PANELS) == sum(panel["type"] != "row" for panel in panels)
    boxes = [panel["gridPos"] for panel in panels]
    _apart(((box["x"], box["y"], box["w"], box["h"]) for box in boxes), 24)
    source = {"type": "grafana-athena-datasource", "uid": "${datasource}"}
    assert all(panel["datasource"] == source == panel["targets"][0]["datasource"] for panel in PANELS.values())
    (chosen,) = [each for each in GRAFANA["templating"]["list"] if each["type"] == "datasource"]
    assert (chosen["name"], chosen["query"]) == ("datasource", source["type"])


def test_quicksight_takes_every_part(tmp_path):
    """By the shapes of its API; moto keeps data sources, datasets and dashboards, and has no more of it."""
    with moto(tmp_path) as endpoint:
        session = boto3.Session("testing", "testing", region_name=REGION)
        client = session.client("quicksight", endpoint_url=endpoint)
        (source,) = STACK.resources("AWS::QuickSight::DataSource").values()
        client.create_data_source(**source)
        made = client.describe_data_source(AwsAccountId=ACCOUNT, DataSourceId=source["DataSourceId"])["DataSource"]
        assert made["DataSourceParameters"] == source["DataSourceParameters"]
        for data_set in STACK.resources("AWS::QuickSight::DataSet").values():
            # What only CloudFormation knows.
            client.create_data_set(**{key: value for key, value in data_set.items() if key != "IngestionWaitPolicy"})
        (board,) = STACK.resources("AWS::QuickSight::Dashboard").values()
        client.create_dashboard(**board)
        found = client.describe_dashboard(AwsAccountId=ACCOUNT, DashboardId="sagesweep")["Dashboard"]
        assert found["Name"] == board["Name"]
        for operation, resources in (("CreateAnalysis", "Analysis"), ("CreateRefreshSchedule", "RefreshSchedule")):
            for properties in STACK.resources(f"AWS::QuickSight::{resources}").values():
                # CloudFormation has another name for it.
                properties = json.loads(json.dumps(properties).replace('"TimeZone"', '"Timezone"'))
                report = ParamValidator().validate(properties, client.meta.service_model.operation_model(operation).input_shape)
                assert not report.has_errors(), report.generate_report()
