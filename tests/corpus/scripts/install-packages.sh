#!/bin/bash
set -eux
sudo -u ec2-user -i <<'EOF'
for env in base /home/ec2-user/anaconda3/envs/*; do
    source /home/ec2-user/anaconda3/bin/activate $(basename "$env")
    if [ $env = 'JupyterSystemEnv' ]; then continue; fi
    pip install --upgrade "tokenizers==0.19.1" "transformers[torch]" sentencepiece==0.2.0
    source /home/ec2-user/anaconda3/bin/deactivate
done
EOF
