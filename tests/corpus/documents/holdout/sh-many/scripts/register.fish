#!/usr/bin/env fish
set -gx LANGFUSE_PUBLIC_KEY ⟦N pk-lf-{uuid}⟧
set -gx LANGFUSE_SECRET_KEY ⟦S env:sk-lf-{uuid}⟧
claude mcp add langfuse -e LANGFUSE_SECRET_KEY=$LANGFUSE_SECRET_KEY -e LANGFUSE_PUBLIC_KEY=$LANGFUSE_PUBLIC_KEY -- npx -y langfuse-mcp
claude mcp add-json weaviate '{"command":"weaviate-mcp","env":{"WEAVIATE_API_KEY":"⟦S arg-json:{b:40}⟧","WEAVIATE_URL":"https://⟦N {ld:12}⟧.gcp.weaviate.cloud"}}'
set -x TOKEN (pass show x)
