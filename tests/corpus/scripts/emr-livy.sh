#!/bin/bash
set -e
EMR_MASTER_IP=10.0.12.34
cd /home/ec2-user/.sparkmagic
wget https://raw.githubusercontent.com/example-org/sparkmagic/master/example_config.json
mv example_config.json config.json
sed -i -- "s/localhost/$EMR_MASTER_IP/g" config.json
cat > session.json <<'EOF'
{
  "kernel_python_credentials" : { "username": "", "password": "", "url": "http://10.0.12.34:8998", "auth": "None" },
  "session_configs": { "driverMemory": "1000M", "executorCores": 2 },
  "authenticators": { "Kerberos": "sparkmagic.auth.kerberos.Kerberos", "Basic_Access": "sparkmagic.auth.basic.Basic" }
}
EOF
