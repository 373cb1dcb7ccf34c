#!/bin/bash
# Stops the notebook instance once it has been idle for an hour.
set -e
IDLE_TIME=3600
echo "Fetching the autostop script"
wget -q https://raw.githubusercontent.com/example-org/lifecycle/0f380ccb30266112f152b5655e7f4a42aefcb67a/autostop.py
CONDA_PYTHON_DIR=$(source /home/ec2-user/anaconda3/bin/activate JupyterSystemEnv && which python)
if $CONDA_PYTHON_DIR -c "import boto3" 2>/dev/null; then
    PYTHON_DIR=$CONDA_PYTHON_DIR
fi
(crontab -l 2>/dev/null; echo "*/5 * * * * $PYTHON_DIR $PWD/autostop.py --time $IDLE_TIME --ignore-connections >> /var/log/jupyter.log") | crontab -
