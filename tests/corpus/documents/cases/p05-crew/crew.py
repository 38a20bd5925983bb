import os

from crewai import Agent, Crew, Task
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters

os.environ["OPENAI_API_KEY"] = "⟦S env:sk-proj-{w:74}T3BlbkFJ{w:74}⟧"
os.environ["SERPER_API_KEY"] = "⟦S env:{h:40}⟧"

params = [
    StdioServerParameters(command="uvx", args=["serper-mcp-server"], env={"SERPER_API_KEY": os.environ["SERPER_API_KEY"], **os.environ}),
    {"url": "https://mcp.zapier.com/api/mcp/s/⟦S url-path:{b:43}⟧/sse", "transport": "sse"},
]

with MCPServerAdapter(params) as tools:
    scout = Agent(role="Scout", goal="Find venues", backstory="Knows every hall in town", tools=tools)
    Crew(agents=[scout], tasks=[Task(description="List five", expected_output="a table", agent=scout)]).kickoff()
