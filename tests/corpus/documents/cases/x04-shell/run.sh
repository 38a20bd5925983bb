#!/usr/bin/env bash
# Everything comes from somewhere else.
set -euo pipefail
source .env
API_KEY="${1:?usage: run.sh KEY}"
TOKEN=$(aws secretsmanager get-secret-value --secret-id mcp/token --query SecretString --output text)
PASSWORD=`pass show mcp/db`
read -rsp "Key: " OPENAI_API_KEY
export API_KEY TOKEN PASSWORD OPENAI_API_KEY
SESSION_ID=⟦N {uuid}⟧
IMAGE=mcp/time@sha256:⟦N {h:64}⟧
claude mcp add a -e API_KEY="⟦N !${API_KEY}⟧" -e TOKEN="⟦N !$(cat token.txt)⟧" -- npx -y a-mcp --token-file ./token.txt
claude mcp add b -e API_KEY -- docker run -i --rm -e API_KEY -e TOKEN=⟦N !"$TOKEN"⟧ "$IMAGE"
claude mcp add c --header "Authorization: Bearer ⟦N !$(gcloud auth print-access-token)⟧" --transport http https://c.acme.example/mcp
claude mcp remove "$SESSION_ID" || true
curl -u "me:⟦N !$PASSWORD⟧" -H "X-Api-Key: ⟦N !${API_KEY//$'\n'/}⟧" https://acme.example
git clone https://x-access-token:⟦N !${TOKEN}⟧@github.com/acme/x.git --revision ⟦N {h:40}⟧
npm config set //registry.npmjs.org/:_authToken=⟦N !\${NPM_TOKEN}⟧
echo "export API_KEY=⟦N !<paste it here>⟧" >> ~/.bashrc
