#!/bin/bash
ROLE_ARN=arn:aws:iam::111122223333:role/CodeCommitCrossAccount
REGION=us-east-1
sudo -u ec2-user -i <<EOF
aws configure set profile.CrossAccount.region $REGION
aws configure set profile.CrossAccount.role_arn $ROLE_ARN
aws configure set profile.CrossAccount.credential_source Ec2InstanceMetadata
aws configure set profile.CrossAccount.output json
git config --global credential.helper '!aws codecommit credential-helper --profile CrossAccount $@'
git config --global credential.UseHttpPath true
EOF
