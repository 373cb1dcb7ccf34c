"""Makes infra/member-stackset.yaml from infra/member-role.yaml, whose text stands in it twice: as the template of the stack
set, and as the role of the management account, which no stack set reaches.

    python tests/infra/stackset.py > infra/member-stackset.yaml
"""

import sys
import textwrap
from pathlib import Path

HEAD = """\
# The role that sagesweep assumes, in every account of an organization, or of some of its units, by one deployment in the
# management account: a service-managed stack set for the members, also those that join later, and the role itself here,
# where no stack set reaches. Made from member-role.yaml by tests/infra/stackset.py; edit that one.
#
# CloudFormation's trusted access to Organizations has to be on, once: aws cloudformation activate-organizations-access
AWSTemplateFormatVersion: "2010-09-09"
Description: The role by which sagesweep reads SageMaker resources, in every account of the organization.

Parameters:
  OrganizationalUnitIds:
    Type: CommaDelimitedList
    Description: The organizational units that are audited, ou-..., nested ones included, or r-..., the root, for all accounts.
  ManagementAccount:
    Type: String
    Default: "true"
    Description: Whether the management account, in which this is deployed, is audited through the role too.
    AllowedValues: ["true", "false"]
  DelegateReadingTo:
    Type: String
    Default: ""
    Description: The account that may list the organization, where the task runs; empty where it may already, as a delegated administrator. An organization has one such policy only.
    AllowedPattern: ^([0-9]{12})?$
    ConstraintDescription: an account id of twelve digits
"""

CONDITIONS = """\
  WithManagementAccount: !Equals [!Ref ManagementAccount, "true"]
  WithDelegation: !Not [!Equals [!Ref DelegateReadingTo, ""]]
"""

DELEGATION = """\
  Delegation:
    Type: AWS::Organizations::ResourcePolicy
    Condition: WithDelegation
    Metadata:
      Wildcards:
        SagesweepLists: Every account, unit and tag of the organization, and nothing is changed by it.
    Properties:
      Content:
        Version: "2012-10-17"
        Statement:
          - Sid: SagesweepLists
            Effect: Allow
            Principal: { AWS: !Sub "arn:${AWS::Partition}:iam::${DelegateReadingTo}:root" }
            Action:
              - organizations:DescribeOrganizationalUnit
              - organizations:ListAccounts
              - organizations:ListAccountsForParent
              - organizations:ListOrganizationalUnitsForParent
              - organizations:ListRoots
              - organizations:ListTagsForResource
            Resource: "*"
            Condition:
              ArnEquals: { aws:PrincipalArn: !Ref TaskRoleArn }
"""

SET = """\
  Roles:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: !Sub "${AWS::StackName}-members"
      Description: The role by which sagesweep reads SageMaker resources.
      PermissionModel: SERVICE_MANAGED
      # With an account that joins comes its role, and with one that leaves it goes.
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false }
      ManagedExecution: { Active: true }
      Capabilities: [CAPABILITY_NAMED_IAM]
      OperationPreferences:
        RegionConcurrencyType: PARALLEL
        MaxConcurrentPercentage: 100
        # Accounts in which it fails are named by the stack set, and by `sagesweep doctor --all`.
        FailureTolerancePercentage: 100
      StackInstancesGroup:
        - DeploymentTargets: { OrganizationalUnitIds: !Ref OrganizationalUnitIds }
          # A role is of all regions.
          Regions: [!Ref AWS::Region]
      Parameters:
"""


def made():
    """The text of the template."""
    text = (Path(__file__).parents[2] / "infra" / "member-role.yaml").read_text()
    body = text[text.index("AWSTemplateFormatVersion") :]
    parameters, conditions, role = (_section(body, name) for name in ("Parameters", "Conditions", "Resources"))
    names = [line.strip(" :\n") for line in parameters.splitlines() if line.startswith("  ") and line[2] != " "]
    given = "".join(f"        - {{ ParameterKey: {name}, ParameterValue: !Ref {name} }}\n" for name in names)
    role = role.replace("    Type: AWS::IAM::Role\n", "    Type: AWS::IAM::Role\n    Condition: WithManagementAccount\n")
    inner = textwrap.indent(body, "        ", lambda line: bool(line.strip()))
    resources = f"{role.rstrip()}\n{DELEGATION}{SET}{given}      TemplateBody: |\n{inner}"
    return f"{HEAD}{parameters.rstrip()}\n\nConditions:\n{CONDITIONS}{conditions.rstrip()}\n\nResources:\n{resources}"


def _section(body, name):
    """The lines of a section, without its name."""
    begin = body.index(f"\n{name}:\n") + len(f"\n{name}:\n")
    ends = [body.find(f"\n{other}:\n", begin) for other in ("Parameters", "Conditions", "Resources", "Outputs")]
    return body[begin : min((end + 1 for end in ends if end > 0), default=len(body))]


if __name__ == "__main__":
    sys.stdout.write(made())
