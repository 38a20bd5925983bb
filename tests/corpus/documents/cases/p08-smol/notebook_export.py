# %%
from smolagents import CodeAgent, InferenceClientModel, ToolCollection
from mcp import StdioServerParameters

# %%
hf_token = "⟦S other:hf_{al:34}⟧"
model = InferenceClientModel(token=hf_token)

# %%
pubmed = StdioServerParameters(
    command="uvx",
    args=["--quiet", "pubmedmcp@0.1.3"],
    env=dict(UV_PYTHON="3.12", NCBI_API_KEY="⟦S env:{h:36}⟧", NCBI_EMAIL="kai@acme.example"),
)

# %%
with ToolCollection.from_mcp(pubmed, trust_remote_code=True) as tools:
    CodeAgent(tools=[*tools.tools], model=model).run("Papers on tides")
