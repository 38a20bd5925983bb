<?php
use PhpMcp\Client\{Client, ServerConfig, Enum\TransportType};

$config = new ServerConfig(
    name: 'cal',
    transport: TransportType::Stdio,
    command: 'npx',
    args: ['-y', '@calcom/cal-mcp'],
    env: ['CAL_API_KEY' => '⟦S env:cal_live_{h:32}⟧', 'LOCALE' => 'nl'],
);
define('AUTH_SALT', '⟦N !put your unique phrase here⟧');
$client = Client::make()->withServerConfig($config)->build();
