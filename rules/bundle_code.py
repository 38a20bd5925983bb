"""GENERATED, do not edit. Made of rules/code.yaml.

Rebuild: python -m unsprawl.rules.build
"""

from __future__ import annotations

from typing import Any

CODE: dict[str, Any] = {
    'schema_version': 1,
    'longest': 2097152,
    'deepest': 100,
    'languages': [
        {'id': 'python', 'comments': [{'open': '#'}], 'strings': [{'open': '"""', 'prefix': '[A-Za-z]{0,2}', 'lines': True, 'raw': 'r', 'hole': '{', 'hole_with': 'ft', 'hole_twice': True}, {'open': "'''", 'prefix': '[A-Za-z]{0,2}', 'lines': True, 'raw': 'r', 'hole': '{', 'hole_with': 'ft', 'hole_twice': True}, {'open': '"', 'prefix': '[A-Za-z]{0,2}', 'raw': 'r', 'hole': '{', 'hole_with': 'ft', 'hole_twice': True}, {'open': "'", 'prefix': '[A-Za-z]{0,2}', 'raw': 'r', 'hole': '{', 'hole_with': 'ft', 'hole_twice': True}], 'signs': [':', '=', ':='], 'access': ['.'], 'joins': ['+'], 'adjacent': True, 'keeps_escapes': True},
        {'id': 'javascript', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}, {'open': '<!--', 'close': '-->'}], 'strings': [{'open': '"'}, {'open': "'"}, {'open': '`', 'lines': True, 'hole': '${'}], 'regex': True, 'signs': [':', '=', '?:', '??=', '||='], 'access': ['.', '?.'], 'joins': ['+'], 'ternary': True},
        {'id': 'go', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"'}, {'open': '`', 'lines': True, 'escape': 'none'}], 'chars': True, 'signs': [':', '=', ':='], 'access': ['.'], 'joins': ['+']},
        {'id': 'rust', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"', 'prefix': 'b?r', 'lines': True, 'escape': 'none', 'fence': '#'}, {'open': '"', 'prefix': '[bc]?', 'lines': True}], 'chars': True, 'signs': [':', '=', '=>'], 'access': ['.', '::'], 'joins': ['+']},
        {'id': 'java', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"""', 'lines': True}, {'open': '"'}], 'chars': True, 'signs': ['='], 'access': ['.', '::'], 'joins': ['+'], 'ternary': True, 'initializers': True},
        {'id': 'kotlin', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"""', 'lines': True, 'escape': 'none', 'hole': '${'}, {'open': '"', 'hole': '${'}], 'chars': True, 'signs': [':', '=', 'to'], 'access': ['.', '?.', '!!.'], 'joins': ['+']},
        {'id': 'scala', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"""', 'prefix': '[a-z]{0,3}', 'lines': True, 'escape': 'none', 'hole': '${', 'hole_with': 'sf'}, {'open': '"', 'prefix': '[a-z]{0,3}', 'hole': '${', 'hole_with': 'sf'}], 'chars': True, 'signs': [':', '=', '->'], 'access': ['.'], 'joins': ['+']},
        {'id': 'csharp', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"""', 'prefix': '[$]{0,2}', 'lines': True, 'escape': 'none', 'hole': '{', 'hole_with': '$'}, {'open': '"', 'prefix': '[$]?@[$]?', 'lines': True, 'escape': 'doubled', 'hole': '{', 'hole_with': '$', 'hole_twice': True}, {'open': '"', 'prefix': '[$]?', 'hole': '{', 'hole_with': '$', 'hole_twice': True}], 'chars': True, 'signs': ['=', ':'], 'access': ['.', '?.'], 'joins': ['+'], 'ternary': True, 'initializers': True},
        {'id': 'ruby', 'comments': [{'open': '#'}], 'strings': [{'open': '"', 'lines': True, 'hole': '#{'}, {'open': "'", 'lines': True}], 'signs': [':', '=', '=>', '||='], 'access': ['.', '&.', '::'], 'joins': ['+'], 'adjacent': True},
        {'id': 'php', 'comments': [{'open': '//'}, {'open': '#'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"', 'lines': True, 'hole': '{$'}, {'open': "'", 'lines': True}], 'signs': ['=', '=>', ':'], 'access': ['->', '?->', '::'], 'joins': ['.'], 'keeps_escapes': True},
        {'id': 'swift', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': '"""', 'lines': True, 'hole': '\\('}, {'open': '"', 'hole': '\\('}], 'signs': [':', '='], 'access': ['.', '?.'], 'joins': ['+']},
        {'id': 'dart', 'comments': [{'open': '//'}, {'open': '/*', 'close': '*/'}], 'strings': [{'open': "'''", 'prefix': 'r?', 'lines': True, 'raw': 'r', 'hole': '${'}, {'open': '"""', 'prefix': 'r?', 'lines': True, 'raw': 'r', 'hole': '${'}, {'open': "'", 'prefix': 'r?', 'raw': 'r', 'hole': '${'}, {'open': '"', 'prefix': 'r?', 'raw': 'r', 'hole': '${'}], 'signs': [':', '='], 'access': ['.', '?.'], 'joins': ['+'], 'adjacent': True},
        {'id': 'elixir', 'comments': [{'open': '#'}], 'strings': [{'open': '"""', 'lines': True, 'hole': '#{'}, {'open': '"', 'lines': True, 'hole': '#{'}], 'signs': [':', '=', '=>'], 'access': ['.'], 'joins': ['<>']},
        {'id': 'lua', 'comments': [{'open': '--[[', 'close': ']]'}, {'open': '--'}], 'strings': [{'open': '[[', 'close': ']]', 'lines': True, 'escape': 'none'}, {'open': '"'}, {'open': "'"}], 'signs': ['='], 'access': ['.', ':'], 'joins': ['..']},
    ],
    'words': {'operators': ['or', 'and', 'not', 'if', 'unless', 'elif', 'elsif', 'else', 'is', 'in', 'for', 'while', 'lambda', 'switch', 'case', 'when', 'then', 'do', 'instanceof', 'typeof', 'as', 'async'], 'silent': ['await', 'return', 'yield', 'new', 'export', 'default', 'const', 'let', 'var', 'val', 'final', 'static', 'public', 'private', 'protected', 'internal', 'readonly', 'override', 'sealed', 'mut', 'ref', 'pub', 'def', 'class', 'struct', 'local', 'throw', 'raise', 'try', 'print', 'echo', 'string', 'String', 'str']},
    'callables': [
        {'names': ['StdioServerParameters', 'StdioConnectionParams', 'StdioServerParams', 'McpStdioServer', 'MCPServerStdioParams', 'ServerParameters', 'McpServerParameters'], 'takes': ['command', 'args', 'env']},
        {'names': ['MCPServerStdio', 'MCPServerStreamableHTTP', 'MCPServerSSE', 'MCPServerHTTP', 'MCPServerStreamableHttp', 'MCPServerSse', 'Experimental_StdioMCPTransport'], 'takes': ['entry', 'args']},
        {'names': ['sse_client', 'streamablehttp_client', 'streamable_http_client', 'websocket_client', 'SseConnectionParams', 'SseServerParams', 'StreamableHTTPConnectionParams', 'StreamableHTTPServerParams', 'SseServerParameters', 'StreamableHttpParameters', 'StreamableHttpServerParameters', 'StreamableHttpTransport', 'SSETransport', 'BasicMCPClient', 'MCPServerAdapter', 'HostedMCPTool', 'MCPClient', 'MCPStreamableHTTPTool', 'MCPStdioTool', 'MCPWebsocketTool', 'McpToolset', 'MCPToolset', 'McpToolSpec', 'aget_tools_from_mcp_url', 'get_tools_from_mcp_url'], 'takes': ['url', 'headers']},
        {'names': ['NpxStdioTransport', 'UvxStdioTransport', 'PythonStdioTransport', 'NodeStdioTransport', 'StdioTransport', 'FastMCPStdioTransport'], 'takes': ['command', 'args', 'env']},
        {'names': ['stdio_client', 'ToolCollection.from_mcp', 'from_mcp', 'MultiMCPTools', 'MCPTools', 'create_session'], 'takes': ['entry']},
        {'names': ['StdioClientTransport', 'StdioClientTransportOptions', 'createMCPClient', 'experimental_createMCPClient', 'MCPClientManager', 'MCPConfiguration', 'HttpClientTransportOptions', 'SseClientTransportOptions'], 'takes': ['entry']},
        {'names': ['SSEClientTransport', 'StreamableHTTPClientTransport', 'WebSocketClientTransport', 'StreamableHttpClientTransport', 'SseClientTransport', 'HttpClientTransport', 'HttpClientStreamableHttpTransport', 'HTTPClientTransport', 'SSEServerTransport'], 'takes': ['url', 'entry']},
        {'names': ['MultiServerMCPClient', 'MCPServers', 'load_mcp_servers'], 'takes': ['servers']},
        {'names': ['MCPClient.fromDict', 'MCPClient.from_dict', 'from_dict', 'fromDict', 'from_config', 'loadMcpConfig'], 'takes': ['config']},
        {'names': ['NewStdioMCPClient', 'NewStdioTransport', 'NewStdioMCPClientWithOptions', 'NewStdio'], 'takes': ['command', 'env', 'words']},
        {'names': ['NewSSEMCPClient', 'NewStreamableHttpClient', 'NewStreamableHTTP', 'NewSSE', 'NewSSEClientTransport', 'NewStreamableClientTransport'], 'takes': ['url', 'entry']},
        {'names': ['exec.Command', 'exec.CommandContext', 'Command::new', 'TokioCommand.new', 'TokioCommand::new', 'ProcessBuilder'], 'takes': ['command', 'words']},
        {'names': ['spawn', 'spawnSync', 'execa', 'fork'], 'takes': ['command', 'args', 'entry']},
        {'names': ['Popen', 'subprocess.run', 'subprocess.Popen', 'subprocess.call', 'check_call', 'check_output', 'create_subprocess_exec'], 'takes': ['command', 'words']},
        {'names': ['add_server', 'addServer', 'add_mcp_server', 'addMcpServer', 'addMCPServer', 'connect_to_server', 'connectToServer', 'registerServer', 'register_server'], 'takes': ['-', 'entry']},
    ],
    'speaking': ['mcp', 'stdio'],
    'keys': {'command': ['Command', 'executable', 'program', 'serverCommand', 'server_command'], 'args': ['Args', 'Arguments', 'arguments', 'arg', 'command_args', 'commandArgs', 'serverArgs'], 'env': ['Env', 'EnvironmentVariables', 'environmentVariables', 'environment_variables', 'addEnvVar', 'env_vars', 'envVars', 'Environment', 'envs', 'putEnv', 'stdio_env'], 'url': ['URL', 'Url', 'Endpoint', 'endpoint', 'server_url', 'serverURL', 'mcp_url', 'mcpUrl', 'sse_url', 'sseUrl', 'base_url', 'baseURL', 'BaseURL', 'uri', 'address', 'sseEndpoint'], 'headers': ['Headers', 'AdditionalHeaders', 'additionalHeaders', 'additional_headers', 'customHeaders', 'custom_headers', 'extra_headers', 'extraHeaders', 'http_headers', 'httpHeaders', 'HTTPHeader', 'header', 'addHeader', 'requestHeaders', 'default_headers', 'defaultHeaders'], 'transport': ['params', 'connection_params', 'connectionParams', 'server_params', 'serverParams', 'server_parameters', 'serverParameters', 'stdio_params', 'tool_config', 'toolConfig', 'requestInit', 'requestOptions', 'transportOptions', 'transport_options', 'config', 'fetchOptions', 'eventSourceInit', 'options', 'opts', 'server', 'client', 'sessionOptions', 'connection']},
    'setters': ['setenv', 'Setenv', 'os.Setenv', 'os.putenv', 'putenv', 'setdefault', 'environ.setdefault', 'setEnv', 'set_var', 'env::set_var', 'SetEnvironmentVariable', 'monkeypatch.setenv', 'stubEnv', 'vi.stubEnv'],
    'variables': ['environ', 'process.env', 'env', 'ENV', 'Deno.env', 'Bun.env', '$_ENV', '$_SERVER', 'import.meta.env', 'environment'],
    'readers': ['getenv', 'Getenv', 'os.getenv', 'environ.get', 'env.get', 'ENV.fetch', 'env::var', 'std::env::var', 'env.var', 'GetEnvironmentVariable', 'getEnv', 'environ.pop', 'env', 'config.get', 'getProperty', 'LookupEnv', 'System.getenv'],
    'pairs': ['put', 'set', 'Set', 'Add', 'add', 'append', 'insert', 'header', 'addHeader', 'setHeader', 'set_header', 'add_header', 'setRequestHeader', 'with_header', 'withHeader', 'env', 'envs', 'addEnvVar', 'setenv', 'Setenv', 'putenv', 'setdefault', 'set_var', 'setEnv', 'SetEnvironmentVariable', 'stubEnv', 'entry', 'of', 'to', 'Pair', 'define'],
}
