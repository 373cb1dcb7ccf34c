#!/bin/bash
set -euo pipefail
SECRET_ID="prod/features/db-2"
SECRET=$(aws secretsmanager get-secret-value --secret-id "$SECRET_ID" --query SecretString --output text)
DB_USER=$(echo "$SECRET" | jq -r .username)
DB_PASSWORD=$(echo "$SECRET" | jq -r '.password')
export PGPASSWORD="$DB_PASSWORD"
cat > /home/ec2-user/.pgpass <<EOF
features.internal:5432:features:${DB_USER}:${DB_PASSWORD}
EOF
chmod 600 /home/ec2-user/.pgpass
psql "postgresql://${DB_USER}:${DB_PASSWORD}@features.internal:5432/features" -c 'select 1'
