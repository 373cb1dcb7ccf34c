#!/bin/bash
set -e
GIT_USER=ml-bot
GIT_TOKEN=$(aws ssm get-parameter --name /team/git/token --with-decryption --query Parameter.Value --output text)
git config --global user.name "$GIT_USER"
git config --global user.email "ml-bot@example.com"
git config --global credential.helper store
git clone https://$GIT_USER:$GIT_TOKEN@github.com/example-org/notebooks.git /home/ec2-user/SageMaker/notebooks
cd /home/ec2-user/SageMaker/notebooks && git checkout 76261ce68c4798c42cea7724a345bd0217d6b8b1
