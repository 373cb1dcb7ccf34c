#!/bin/bash
set -e
cat > /opt/aws/amazon-cloudwatch-agent/etc/agent.json <<'EOF'
{
  "agent": { "metrics_collection_interval": 60, "credentials": { "role_arn": "arn:aws:iam::111122223333:role/metrics" } },
  "metrics": {
    "append_dimensions": { "InstanceId": "${aws:InstanceId}" },
    "aggregation_dimensions": [["InstanceId"]],
    "metrics_collected": { "mem": { "measurement": ["mem_used_percent"] }, "disk": { "measurement": ["used_percent"], "resources": ["*"] } }
  }
}
EOF
sudo /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/agent.json
