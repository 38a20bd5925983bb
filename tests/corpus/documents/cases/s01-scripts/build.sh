#!/bin/sh
# Builds the extension; no server is started here.
set -eu
VERSION=$(git rev-parse --short HEAD)
SHA256="⟦N {h:64}⟧"
curl -fsSL "https://github.com/acme/tool/releases/download/v1/tool" -o tool
echo "$SHA256  tool" | sha256sum -c -
API_KEY=${API_KEY:-}
TOKEN="$(gh auth token)"
curl -H "Authorization: Bearer ⟦N !$TOKEN⟧" https://api.acme.example/upload -F file=@tool
docker build --build-arg GITHUB_TOKEN="⟦N !$TOKEN⟧" -t "acme/mcp:$VERSION" .
password=$(openssl rand -hex 16)
echo "wrote $password" >/dev/null
