"""QuickSight's resources: as a template of CloudFormation, and as a file for `cid-cmd` of the Cloud Intelligence Dashboards."""

import re

from definition import definition

# A table or view after FROM or JOIN; QuickSight's queries have no database of their own.
READ = re.compile(r"\b(FROM|JOIN) (\w+)")
# How many days a query of all nights goes back.
NIGHTS = "run_partition >= date_format(current_date - interval '90' day, '%Y-%m-%d')"
TYPES = {
    "varchar": "STRING",
    "integer": "INTEGER",
    "bigint": "INTEGER",
    "double": "DECIMAL",
    "date": "DATETIME",
    "timestamp": "DATETIME",
}
# What owners may do with each thing, and those who look at the dashboard.
SOURCE_ACTIONS = """DeleteDataSource DescribeDataSource DescribeDataSourcePermissions PassDataSource UpdateDataSource
    UpdateDataSourcePermissions""".split()
SET_ACTIONS = """CancelIngestion CreateIngestion CreateRefreshSchedule DeleteDataSet DeleteDataSetRefreshProperties
    DeleteRefreshSchedule DescribeDataSet DescribeDataSetPermissions DescribeDataSetRefreshProperties DescribeIngestion
    DescribeRefreshSchedule ListIngestions ListRefreshSchedules PassDataSet PutDataSetRefreshProperties UpdateDataSet
    UpdateDataSetPermissions UpdateRefreshSchedule""".split()
DASHBOARD_ACTIONS = """DeleteDashboard DescribeDashboard DescribeDashboardPermissions ListDashboardVersions QueryDashboard
    UpdateDashboard UpdateDashboardPermissions UpdateDashboardPublishedVersion""".split()
ANALYSIS_ACTIONS = """DeleteAnalysis DescribeAnalysis DescribeAnalysisPermissions QueryAnalysis RestoreAnalysis UpdateAnalysis
    UpdateAnalysisPermissions""".split()
VIEWER_ACTIONS = "DescribeDashboard ListDashboardVersions QueryDashboard".split()


def physical_table(dataset, source, database):
    """Where the rows of a dataset come from."""
    columns = [{"Name": column, "Type": TYPES[kind]} for column, kind in dataset.columns.items()]
    if dataset.view:
        return {
            "RelationalTable": {
                "DataSourceArn": source,
                "Catalog": "AwsDataCatalog",
                "Schema": database,
                "Name": dataset.view,
                "InputColumns": columns,
            }
        }
    return {"CustomSql": {"DataSourceArn": source, "Name": dataset.name, "SqlQuery": dataset.sql(NIGHTS), "Columns": columns}}


def qualified(query, database):
    """The query with its views in the database."""
    return READ.sub(lambda match: f"{match[1]} {database}.{match[2]}", query)


def template(board):
    """The template of CloudFormation."""
    resources = {"DataSource": _data_source()}
    for dataset in board.datasets:
        logical = _logical(dataset)
        resources[f"{logical}DataSet"] = _data_set(dataset)
        if not dataset.direct:
            resources[f"{logical}Refresh"] = _refresh(dataset)
    made = definition(board, lambda dataset: {"Fn::GetAtt": [f"{_logical(dataset)}DataSet", "Arn"]})
    ours = {"AwsAccountId": _ref("AWS::AccountId"), "Name": board.name, "Definition": made}
    owner = {"Principal": _ref("OwnerArn")}
    viewer = {"Fn::If": ["HasViewer", {"Principal": _ref("ViewerArn"), "Actions": _actions(VIEWER_ACTIONS)}, _ref("AWS::NoValue")]}
    resources["Analysis"] = {
        "Type": "AWS::QuickSight::Analysis",
        "Properties": ours
        | {"AnalysisId": _ref("AWS::StackName"), "Permissions": [owner | {"Actions": _actions(ANALYSIS_ACTIONS)}]},
    }
    resources["Dashboard"] = {
        "Type": "AWS::QuickSight::Dashboard",
        "Properties": ours
        | {
            "DashboardId": _ref("AWS::StackName"),
            "DashboardPublishOptions": {"AdHocFilteringOption": {"AvailabilityStatus": "ENABLED"}},
            "Permissions": [owner | {"Actions": _actions(DASHBOARD_ACTIONS)}, viewer],
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{board.name} in QuickSight. Made by infra/dashboards/source.",
        "Parameters": _parameters(),
        "Conditions": {"HasViewer": {"Fn::Not": [{"Fn::Equals": [_ref("ViewerArn"), ""]}]}},
        "Resources": resources,
        "Outputs": {
            "DashboardUrl": {
                "Description": "The dashboard.",
                "Value": _sub("https://${AWS::Region}.quicksight.aws.amazon.com/sn/dashboards/${AWS::StackName}"),
            }
        },
    }


def _parameters():
    principal = "^arn:aws(-cn|-us-gov)?:quicksight:[a-z0-9-]+:[0-9]{12}:(user|group|namespace)/.+$"
    return {
        "OwnerArn": {
            "Type": "String",
            "Description": "ARN of the user or group of QuickSight that owns all of it.",
            "AllowedPattern": principal,
        },
        "ViewerArn": {
            "Type": "String",
            "Default": "",
            "Description": "ARN of a user, group or namespace that may look at the dashboard besides; empty for none.",
            "AllowedPattern": f"^$|{principal}",
        },
        "ReaderRoleArn": {
            "Type": "String",
            "Description": "The role that reads the lake: ReaderRoleArn of the stack of infra/lake.yaml.",
            "AllowedPattern": "^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/.+$",
        },
        "Database": {
            "Type": "String",
            "Default": "sagesweep",
            "Description": "The database of the views.",
            "AllowedPattern": "^[a-z][a-z0-9_]*$",
        },
        "WorkGroup": {"Type": "String", "Default": "sagesweep", "Description": "The workgroup of Athena to ask in."},
        "RefreshTime": {
            "Type": "String",
            "Default": "08:00",
            "Description": "When the data sets are read anew each day, after the run was published.",
            "AllowedPattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        },
        "RefreshTimeZone": {"Type": "String", "Default": "UTC", "Description": "The time zone of RefreshTime, such as Europe/Berlin."},
    }


def _data_source():
    return {
        "Type": "AWS::QuickSight::DataSource",
        "Properties": {
            "AwsAccountId": _ref("AWS::AccountId"),
            "DataSourceId": _ref("AWS::StackName"),
            "Name": "sagesweep",
            "Type": "ATHENA",
            "DataSourceParameters": {"AthenaParameters": {"WorkGroup": _ref("WorkGroup"), "RoleArn": _ref("ReaderRoleArn")}},
            "Permissions": [{"Principal": _ref("OwnerArn"), "Actions": _actions(SOURCE_ACTIONS)}],
        },
    }


def _data_set(dataset):
    table = physical_table(dataset, {"Fn::GetAtt": ["DataSource", "Arn"]}, _ref("Database"))
    if dataset.query:
        table["CustomSql"]["SqlQuery"] = _sub(qualified(table["CustomSql"]["SqlQuery"], "${Database}"))
    return {
        "Type": "AWS::QuickSight::DataSet",
        "Properties": {
            "AwsAccountId": _ref("AWS::AccountId"),
            "DataSetId": _data_set_id(dataset),
            "Name": dataset.identifier,
            "ImportMode": _mode(dataset),
            "PhysicalTableMap": {dataset.name.replace("_", "-"): table},
            "Permissions": [{"Principal": _ref("OwnerArn"), "Actions": _actions(SET_ACTIONS)}],
            # A lake without a night yet is no reason to take the stack back.
            "IngestionWaitPolicy": {"WaitForSpiceIngestion": False},
        },
    }


def _refresh(dataset):
    frequency = {"Interval": "DAILY", "TimeOfTheDay": _ref("RefreshTime"), "TimeZone": _ref("RefreshTimeZone")}
    return {
        "Type": "AWS::QuickSight::RefreshSchedule",
        "DependsOn": f"{_logical(dataset)}DataSet",
        "Properties": {
            "AwsAccountId": _ref("AWS::AccountId"),
            "DataSetId": _data_set_id(dataset),
            "Schedule": {"ScheduleId": "nightly", "RefreshType": "FULL_REFRESH", "ScheduleFrequency": frequency},
        },
    }


def cid(board):
    """The resources file of `cid-cmd`, which fills in the source, the database and the ARNs of the datasets."""
    made = definition(board, lambda dataset: f"arn:aws:quicksight:::dataset/{dataset.identifier}")
    datasets = {}
    for dataset in board.datasets:
        table = physical_table(dataset, "${athena_datasource_arn}", "${athena_database_name}")
        if dataset.query:
            table["CustomSql"]["SqlQuery"] = qualified(table["CustomSql"]["SqlQuery"], "${athena_database_name}")
        datasets[dataset.identifier] = {
            "data": {
                "DataSetId": dataset.identifier,
                "Name": dataset.identifier,
                "ImportMode": _mode(dataset),
                "PhysicalTableMap": {dataset.name.replace("_", "-"): table},
            },
            "dependsOn": {"views": [dataset.view] if dataset.view else [name for _, name in READ.findall(dataset.query)]},
            "schedules": [] if dataset.direct else ["default"],
        }
    dashboard = {
        "name": board.name,
        "dashboardId": "sagesweep",
        "category": "Advanced",
        "dependsOn": {"datasets": list(datasets)},
        "data": made,
    }
    return {"dashboards": {"SAGESWEEP": dashboard}, "datasets": datasets}


def _mode(dataset):
    return "DIRECT_QUERY" if dataset.direct else "SPICE"


def _logical(dataset):
    return "".join(word.capitalize() for word in dataset.name.split("_"))


def _data_set_id(dataset):
    return _sub(f"${{AWS::StackName}}-{dataset.name.replace('_', '-')}")


def _actions(names):
    return [f"quicksight:{name}" for name in names]


def _ref(name):
    return {"Ref": name}


def _sub(text):
    return {"Fn::Sub": text}
