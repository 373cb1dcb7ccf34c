#!/bin/bash
set -e
umask 077
aws secretsmanager get-secret-value --secret-id snowflake/key --query SecretString --output text > /home/ec2-user/.ssh/snowflake.p8
grep -q "BEGIN ENCRYPTED PRIVATE KEY" /home/ec2-user/.ssh/snowflake.p8 || { echo "-----BEGIN PRIVATE KEY----- expected"; exit 1; }
export SNOWFLAKE_ACCOUNT=xy12345.eu-central-1
export SNOWFLAKE_PRIVATE_KEY_PATH=/home/ec2-user/.ssh/snowflake.p8
export PRIVATE_KEY_PASSPHRASE="$(aws ssm get-parameter --name /snowflake/passphrase --with-decryption --query Parameter.Value --output text)"
