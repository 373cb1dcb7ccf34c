#!/bin/bash
# Points pip at the private package index; the token lives twelve hours.
set -e
DOMAIN=team
OWNER=111122223333
export CODEARTIFACT_AUTH_TOKEN=$(aws codeartifact get-authorization-token --domain $DOMAIN --domain-owner $OWNER --query authorizationToken --output text)
pip config set global.index-url "https://aws:${CODEARTIFACT_AUTH_TOKEN}@${DOMAIN}-${OWNER}.d.codeartifact.eu-west-1.amazonaws.com/pypi/ml/simple/"
pip config set global.extra-index-url https://pypi.org/simple
