#!/bin/bash
set -eu
python3 - <<'EOF'
import json
import os

import boto3
from huggingface_hub import login

client = boto3.client("secretsmanager")
secret = json.loads(client.get_secret_value(SecretId="hf/token-1")["SecretString"])
token = secret["HF_TOKEN"]
os.environ["HF_TOKEN"] = token
login(token=token, add_to_git_credential=False)
# login(token="hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
EOF
