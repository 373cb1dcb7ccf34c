#!/bin/bash
set -ex
cat >> /home/ec2-user/.jupyter/jupyter_notebook_config.py <<'EOF'
c.NotebookApp.token = ''
c.NotebookApp.password = ''
c.NotebookApp.password_required = False
c.NotebookApp.allow_password_change = False
c.NotebookApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
c.FileContentsManager.delete_to_trash = False
EOF
sudo systemctl restart jupyter-server || initctl restart jupyter-server --no-wait
