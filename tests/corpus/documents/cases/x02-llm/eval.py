import tiktoken
from openai import OpenAI

from settings import settings

client = OpenAI(api_key=settings.openai_api_key, organization="⟦N org-{an:24}⟧", project="⟦N proj_{an:24}⟧")
encoding = tiktoken.get_encoding("cl100k_base")
assistant_id = "⟦N asst_{an:24}⟧"
vector_store = "⟦N vs_{h:32}⟧"
thread = "⟦N thread_{an:24}⟧"
fingerprint = "⟦N fp_{h:10}⟧"
model = "ft:gpt-4o-mini-2024-07-18:acme::⟦N {an:8}⟧"
stop_token = "<|endoftext|>"
secret_santa = "⟦N !Lena draws Kai⟧"
password_hint = "⟦N !the name of the ship⟧"
tools = [{"type": "mcp", "server_label": "docs", "server_url": "https://docs.acme.example/mcp", "require_approval": "never", "authorization": settings.docs_token}]
