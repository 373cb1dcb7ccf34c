#!/bin/bash
set -e
export HTTP_PROXY="http://proxy.internal.example.com:3128"
export HTTPS_PROXY="$HTTP_PROXY"
export NO_PROXY="s3.amazonaws.com,127.0.0.1,localhost,169.254.169.254"
echo "export HTTP_PROXY='$HTTP_PROXY'" | tee -a /home/ec2-user/.profile >/dev/null
cat <<EOF >> /etc/profile.d/jupyter-env.sh
export http_proxy=$HTTP_PROXY
export https_proxy=$HTTPS_PROXY
EOF
# With a user: http://<username>:<password>@proxy.internal.example.com:3128
