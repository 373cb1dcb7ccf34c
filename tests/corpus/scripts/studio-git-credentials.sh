#!/bin/bash
# Studio: stores the user's git credential from Secrets Manager at each start.
set -eux
PATH_TO_SCRIPT=/home/sagemaker-user/.git-credential-helper.sh
cat > $PATH_TO_SCRIPT <<'EOF'
#!/bin/bash
username=$(aws secretsmanager get-secret-value --secret-id $1 --query SecretString --output text | python3 -c 'import json,sys; print(json.load(sys.stdin)["username"])')
password=$(aws secretsmanager get-secret-value --secret-id $1 --query SecretString --output text | python3 -c 'import json,sys; print(json.load(sys.stdin)["password"])')
echo "username=$username"
echo "password=$password"
EOF
git config --global credential.helper "$PATH_TO_SCRIPT github-token-for-studio"
