'use strict'

const { spawn } = require('child_process')

// starts the slack MCP server as a child
const slack = spawn('npx', ['-y', '@modelcontextprotocol/server-slack'], {
  env: Object.assign({}, process.env, {
    SLACK_BOT_TOKEN: '⟦S env:xoxb-{d:12}-{d:13}-{an:24}⟧',
    SLACK_TEAM_ID: '⟦N T{Ud:10}⟧'
  })
})

slack.stdout.on('data', (chunk) => console.log(String(chunk)))

module.exports = { slack, version: '⟦N {h:7}⟧' }
