#!/bin/bash
set -e
sudo amazon-linux-extras install -y lustre2.10
sudo mkdir -p /fsx
sudo mount -t lustre -o noatime,flock fs-0a1b2c3d4e5f67890.fsx.us-west-2.amazonaws.com@tcp:/fzmyjbev /fsx
sudo bash -c "echo 'fs-0a1b2c3d4e5f67890.fsx.us-west-2.amazonaws.com@tcp:/fzmyjbev /fsx lustre defaults,noatime,flock,_netdev 0 0' >> /etc/fstab"
