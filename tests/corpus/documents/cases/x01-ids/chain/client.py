from mcp import StdioServerParameters

USDC_TOKEN = "⟦N 0x{h:40}⟧"
ROUTER = "⟦N 0x{H:40}⟧"
API_KEY_NAME = "chain-readonly"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:⟦N {d:12}⟧:secret:chain/prod-⟦N {an:6}⟧"
KMS_KEY_ID = "⟦N {uuid}⟧"
params = StdioServerParameters(
    command="npx",
    args=["-y", "chain-mcp", "--token", USDC_TOKEN],
    env={"KMS_KEY_ID": KMS_KEY_ID, "SECRET_ARN": SECRET_ARN, "IDEMPOTENCY_KEY": "⟦N {uuid}⟧", "CACHE_KEY": "chain:v2:⟦N {h:12}⟧"},
)


def pick(items, key="⟦N !block⟧", token="⟦N !USDC⟧"):
    return sorted(items, key=lambda item: (item[key], item.get("token") == token))
