from openai import OpenAI

client = OpenAI()

response = client.responses.create(
    model="gpt-4.1",
    tools=[
        {
            "type": "mcp",
            "server_label": "stripe",
            "server_url": "https://mcp.stripe.com",
            "require_approval": "never",
            "authorization": "⟦S header-bearer:sk_live_51{an:97}⟧",
        },
        {
            "type": "mcp",
            "server_label": "acme",
            "server_url": "https://mcp.acme.example/mcp",
            "headers": {"Authorization": "Bearer ⟦S header-bearer:{jwt}⟧"},
        },
    ],
    input="Create a payment link for $20",
)
print(response.output_text)
