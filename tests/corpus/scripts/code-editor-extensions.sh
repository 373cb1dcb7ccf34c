#!/bin/bash
set -eux
EXTENSIONS=(ms-python.python ms-toolsai.jupyter amazonwebservices.aws-toolkit-vscode)
for extension in "${EXTENSIONS[@]}"; do sagemaker-code-editor --install-extension "$extension" --force; done
cat > /opt/amazon/sagemaker/sagemaker-code-editor-server-data/data/Machine/settings.json <<'EOF'
{ "editor.tokenColorCustomizations": { "comments": "#6A9955" }, "security.workspace.trust.enabled": false,
  "github.gitAuthentication": false, "git.terminalAuthentication": false }
EOF
