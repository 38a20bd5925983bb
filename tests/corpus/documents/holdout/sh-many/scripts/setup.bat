@echo off
rem MCP servers on the front desk
set MAILCHIMP_API_KEY=⟦S env:{h:32}-us21⟧
set PLACEHOLDER=⟦N !YOUR-KEY⟧
setx ZENDESK_API_TOKEN "⟦S env:{an:40}⟧"
claude mcp add mailchimp -e MAILCHIMP_API_KEY=%MAILCHIMP_API_KEY% -- cmd /c npx -y mailchimp-mcp
claude mcp add zendesk -e ZENDESK_API_TOKEN=⟦N !%ZENDESK_API_TOKEN%⟧ -- cmd /c npx -y zendesk-mcp
certutil -hashfile setup.bat SHA256 | find "⟦N {h:64}⟧"
