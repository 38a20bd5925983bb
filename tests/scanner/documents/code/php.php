<?php // mcp
$t = new StdioTransport('npx', ['-y'], ['ACME_API_KEY' => '⟦S env:{an:40}⟧']);
