#!/bin/bash
# Asks for nothing at start; users run `connect` themselves.
cat > /usr/local/bin/connect <<'EOF'
#!/bin/bash
read -r -s -p "Password: " PASSWORD && echo
read -r -p "Token (leave empty for none): " TOKEN
if [[ -z "$PASSWORD" || "$PASSWORD" == "changeme" ]]; then echo "Usage: connect; password must not be empty or default"; exit 1; fi
curl -s -u "$USER:$PASSWORD" "https://gateway.internal.example.com/login?token=$TOKEN"
mysql --host=db.internal --user="$USER" --password="$PASSWORD" -P 3306 -e 'select 1'
EOF
