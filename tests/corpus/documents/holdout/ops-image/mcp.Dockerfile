FROM python:3.13-alpine
RUN pip install --no-cache-dir mcp-server-tailscale
ENV TAILSCALE_API_KEY ⟦N !tskey-api-xxxxx⟧
ENV TAILSCALE_TAILNET=-
ENTRYPOINT ["sh", "-c", "TAILSCALE_API_KEY=⟦S env:tskey-api-{an:17}CNTRL-{an:32}⟧ exec mcp-server-tailscale"]
