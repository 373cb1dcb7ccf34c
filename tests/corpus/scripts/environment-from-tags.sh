#!/bin/bash
set -e
NOTEBOOK_ARN=$(jq '.ResourceArn' /opt/ml/metadata/resource-metadata.json --raw-output)
TAG=$(aws sagemaker list-tags --resource-arn $NOTEBOOK_ARN | jq -r '.Tags[] | select(.Key == "env") | .Value')
touch /etc/profile.d/jupyter-env.sh
echo "export TEAM_ENV=$TAG" >> /etc/profile.d/jupyter-env.sh
echo "export HF_HOME=/home/ec2-user/SageMaker/.cache" >> /etc/profile.d/jupyter-env.sh
echo "export TOKENIZERS_PARALLELISM=false" >> /etc/profile.d/jupyter-env.sh
echo "export MAX_NEW_TOKENS=2048 PAD_TOKEN_ID=50256" >> /etc/profile.d/jupyter-env.sh
