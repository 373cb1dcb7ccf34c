#!/bin/bash
sudo -u ec2-user -i <<'EOF'
PYPI_URL=https://nexus.internal.example.com/repository/pypi-all/simple
PYPI_HOST=nexus.internal.example.com
mkdir -p ~/.pip
cat > ~/.pip/pip.conf <<CONF
[global]
index-url = $PYPI_URL
trusted-host = $PYPI_HOST
require-hashes = false
CONF
EOF
pip install torch==2.3.0 --hash=sha256:5515503a193781fd1b3f5c474e89c9dfa2faaa782b2795cc4a7ab7e67de923f6
