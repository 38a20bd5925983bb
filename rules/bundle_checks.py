"""GENERATED, do not edit. Made of rules/providers/*.yaml.

Rebuild: python -m unsprawl.rules.build
"""

from __future__ import annotations

from typing import Any

CHECKS: dict[str, tuple[dict[str, Any], ...]] = {
    'abuseipdb': (
        {'evidence': 'source-read', 'url': 'https://api.abuseipdb.com/api/v2/check?ipAddress=127.0.0.1', 'headers': {'Key': '{token}'}, 'cost': 'takes one of the daily checks', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'agentql': (
        {'evidence': 'recalled', 'url': 'https://api.agentql.com/v1/usage', 'headers': {'X-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'airtable-pat': (
        {'evidence': 'source-read', 'url': 'https://api.airtable.com/v0/meta/whoami', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/id'], 'scopes': '/scopes'}, 'more': [{'url': 'https://api.airtable.com/v0/meta/bases', 'tells': {'resources': '/bases/*/name'}}]},
    ),
    'aiven': (
        {'evidence': 'recalled', 'url': 'https://api.aiven.io/v1/me', 'headers': {'Authorization': 'aivenv1 {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/user/user'}},
    ),
    'alchemy': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://eth-mainnet.g.alchemy.com/v2/{token}', 'body': {'json': {'jsonrpc': '2.0', 'id': 1, 'method': 'eth_chainId', 'params': []}}, 'answers': [{'status': 200, 'there': '/result', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'algolia': (
        {'evidence': 'source-read', 'with': {'app_id': {'names': ['ALGOLIA_APP_ID', 'ALGOLIA_APPLICATION_ID'], 'pattern': '[A-Za-z0-9]{10}'}}, 'url': 'https://{app_id}.algolia.net/1/keys/{token}', 'headers': {'X-Algolia-API-Key': '{token}', 'X-Algolia-Application-Id': '{app_id}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [403, 404], 'means': 'invalid'}], 'tells': {'login': '/description', 'scopes': '/acl'}},
    ),
    'alphavantage': (
        {'evidence': 'recalled', 'url': 'https://www.alphavantage.co/query?function=MARKET_STATUS', 'query': {'apikey': '{token}'}, 'answers': [{'status': 200, 'has': 'Error Message', 'means': 'invalid'}, {'status': 200, 'means': 'unknown', 'why': 'this vendor takes nearly any text for a key'}]},
    ),
    'amplitude': (
        {'evidence': 'source-read', 'host': {'default': 'amplitude.com', 'also': ['analytics.eu.amplitude.com']}, 'with': {'api_key': {'names': ['AMPLITUDE_API_KEY']}}, 'url': 'https://{host}/api/2/taxonomy/category', 'basic': '{api_key}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'anthropic-admin': (
        {'evidence': 'source-read', 'url': 'https://api.anthropic.com/v1/organizations/me', 'headers': {'x-api-key': '{token}', 'anthropic-version': '2023-06-01'}, 'answers': [{'status': 200, 'json': {'/type': 'organization'}, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'account': ['/name', '/id']}},
    ),
    'anthropic-api': (
        {'evidence': 'source-read', 'url': 'https://api.anthropic.com/v1/models?limit=1', 'headers': {'x-api-key': '{token}', 'anthropic-version': '2023-06-01'}, 'answers': [{'status': 200, 'there': '/data', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': 'header anthropic-organization-id'}},
    ),
    'anthropic-oauth': (
        {'evidence': 'recalled', 'only': {'token': 'sk-ant-oat.+'}, 'url': 'https://api.anthropic.com/api/oauth/profile', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'apify': (
        {'evidence': 'source-read', 'url': 'https://api.apify.com/v2/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/username', 'account': '/data/plan/id'}},
    ),
    'apollo': (
        {'evidence': 'recalled', 'url': 'https://api.apollo.io/v1/auth/health', 'headers': {'X-Api-Key': '{token}'}, 'answers': [{'status': 200, 'json': {'/is_logged_in': True}, 'means': 'live'}, {'status': 200, 'json': {'/is_logged_in': False}, 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'arcade': (
        {'evidence': 'recalled', 'url': 'https://api.arcade.dev/v1/tools?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'asana-pat': (
        {'evidence': 'source-read', 'url': 'https://app.asana.com/api/1.0/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/data/email', '/data/name'], 'account': '/data/workspaces/*/name'}},
    ),
    'assemblyai': (
        {'evidence': 'source-read', 'url': 'https://api.assemblyai.com/v2/transcript?limit=1', 'headers': {'Authorization': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'astra-db': (
        {'evidence': 'source-read', 'url': 'https://api.astra.datastax.com/v2/databases?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/*/info/name'}},
    ),
    'atlassian-admin-key': (
        {'evidence': 'source-read', 'url': 'https://api.atlassian.com/admin/v1/orgs', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/attributes/name'}},
    ),
    'atlassian-api-token': (
        {'evidence': 'docs-read', 'host': {'names': ['JIRA_URL', 'CONFLUENCE_URL', 'ATLASSIAN_SITE_NAME', 'ATLASSIAN_BASE_URL', 'ATLASSIAN_URL', 'ATLASSIAN_HOST', 'JIRA_HOST', 'JIRA_BASE_URL', 'JIRA_INSTANCE_URL', 'CONFLUENCE_BASE_URL', 'CONFLUENCE_HOST'], 'below': ['atlassian.net']}, 'with': {'email': {'names': ['JIRA_USERNAME', 'JIRA_EMAIL', 'CONFLUENCE_USERNAME', 'CONFLUENCE_EMAIL', 'ATLASSIAN_USER_EMAIL', 'ATLASSIAN_EMAIL', 'ATLASSIAN_USERNAME']}}, 'url': 'https://{host}/rest/api/3/myself', 'basic': '{email}:{token}', 'then_next': True, 'wrong_at_most': 3, 'answers': [{'status': [401, 403], 'headers': {'x-seraph-loginreason': 'AUTHENTICATION_DENIED'}, 'means': 'unknown', 'why': 'the site wants a CAPTCHA to be solved after too many wrong logins', 'stop': True}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/emailAddress', '/displayName']}, 'more': [{'url': 'https://{host}/rest/api/3/mypermissions?permissions=ADMINISTER,ADMINISTER_PROJECTS,BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,DELETE_ISSUES', 'tells': {'scopes': '/permissions/?/havePermission'}}, {'url': 'https://{host}/rest/api/3/project/search?maxResults=5', 'tells': {'resources': '/values/*/key'}}]},
        {'evidence': 'docs-read', 'host': {'names': ['JIRA_URL', 'CONFLUENCE_URL', 'ATLASSIAN_SITE_NAME', 'ATLASSIAN_BASE_URL', 'ATLASSIAN_URL', 'ATLASSIAN_HOST', 'JIRA_HOST', 'JIRA_BASE_URL', 'JIRA_INSTANCE_URL', 'CONFLUENCE_BASE_URL', 'CONFLUENCE_HOST'], 'below': ['atlassian.net']}, 'lookup': {'url': 'https://{host}/_edge/tenant_info', 'gives': {'cloud': '/cloudId'}}, 'with': {'email': {'names': ['JIRA_USERNAME', 'JIRA_EMAIL', 'CONFLUENCE_USERNAME', 'CONFLUENCE_EMAIL', 'ATLASSIAN_USER_EMAIL', 'ATLASSIAN_EMAIL', 'ATLASSIAN_USERNAME']}}, 'url': 'https://api.atlassian.com/ex/jira/{cloud}/rest/api/3/myself', 'basic': '{email}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'has': 'scope does not match', 'means': 'live_restricted'}, {'status': 401, 'means': 'unknown', 'why': 'tokens with scopes for another product are refused here, live ones too'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/emailAddress', '/displayName']}},
        {'evidence': 'docs-read', 'with': {'email': {'names': ['BITBUCKET_EMAIL', 'BITBUCKET_USERNAME', 'ATLASSIAN_USER_EMAIL', 'ATLASSIAN_EMAIL'], 'pattern': '[^@ ]{1,64}@[^@ ]{1,255}'}}, 'url': 'https://api.bitbucket.org/2.0/user', 'basic': '{email}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'unknown', 'why': 'Bitbucket refuses tokens that are for other products, live ones too'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/nickname', '/display_name'], 'scopes': 'header x-oauth-scopes'}},
    ),
    'atlassian-dc-pat': (
        {'evidence': 'recalled', 'host': {'names': ['JIRA_URL', 'CONFLUENCE_URL'], 'free': True, 'never_below': ['atlassian.net'], 'path': []}, 'url': 'https://{host}{path}/rest/api/2/myself', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/name', '/emailAddress']}},
    ),
    'attio': (
        {'evidence': 'recalled', 'url': 'https://api.attio.com/v2/self', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/active': True}, 'means': 'live'}, {'status': 200, 'json': {'/active': False}, 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/workspace_name', 'scopes': '/scope'}},
    ),
    'auth0': (
        {'evidence': 'source-read', 'host': {'names': ['AUTH0_DOMAIN'], 'below': ['auth0.com'], 'free': True}, 'with': {'client_id': {'names': ['AUTH0_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://{host}/oauth/token', 'body': {'form': {'grant_type': 'authorization_code', 'client_id': '{client_id}', 'client_secret': '{token}', 'code': 'unsprawl-invalid', 'redirect_uri': 'http://localhost'}}, 'traces': 'leaves a failed exchange in the logs of the tenant', 'answers': [{'status': 401, 'has': ['access_denied', 'invalid_client'], 'means': 'invalid'}, {'status': 403, 'has': 'access_denied', 'means': 'invalid'}, {'status': 403, 'has': 'invalid_grant', 'means': 'live'}, {'status': 400, 'has': 'invalid_grant', 'means': 'live'}]},
    ),
    'aws-access-key': (
        {'evidence': 'source-read', 'only': {'token': '[A-Za-z0-9/+]{40}', 'id': 'ASIA.*'}, 'with': {'id': {'names': ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'], 'pattern': '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}'}, 'session': {'names': ['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'], 'secret': True}}, 'method': 'POST', 'url': 'https://sts.us-east-1.amazonaws.com/', 'headers': {'Accept': 'application/json'}, 'sigv4': {'service': 'sts', 'region': 'us-east-1', 'id': '{id}', 'secret': '{token}', 'session': '{session}'}, 'body': {'form': {'Action': 'GetCallerIdentity', 'Version': '2011-06-15'}}, 'not_with': ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS', 'AWS_S3_ENDPOINT', 'S3_ENDPOINT', 'S3_ENDPOINT_URL', 'MINIO_ENDPOINT', 'R2_ENDPOINT'], 'canaries': ['052310077262', '171436882533', '534261010715', '595918472158', '717712589309', '819147034852', '992382622183', '730335385048', '266735846894', '044858866125', '251535659677', '344043088457', '351906852752', '390477818340', '426127672474', '427150556519', '439872796651', '445142720921', '465867158099', '637958123769', '693412236332', '732624840810', '735421457923', '959235150393', '982842642351'], 'answers': [{'status': 200, 'has': 'GetCallerIdentityResult', 'means': 'live'}, {'status': 403, 'has': 'ExpiredToken', 'means': 'expired'}, {'status': 403, 'has': 'AccessDenied', 'means': 'live_restricted'}, {'status': 403, 'has': ['InvalidClientTokenId', 'SignatureDoesNotMatch'], 'means': 'invalid'}], 'tells': {'login': '/GetCallerIdentityResponse/GetCallerIdentityResult/Arn', 'account': '/GetCallerIdentityResponse/GetCallerIdentityResult/Account'}},
        {'evidence': 'source-read', 'only': {'token': '[A-Za-z0-9/+]{40}', 'id': 'A(?:KI|BI|CC)A.*'}, 'with': {'id': {'names': ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'], 'pattern': '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}'}}, 'method': 'POST', 'url': 'https://sts.us-east-1.amazonaws.com/', 'headers': {'Accept': 'application/json'}, 'sigv4': {'service': 'sts', 'region': 'us-east-1', 'id': '{id}', 'secret': '{token}'}, 'body': {'form': {'Action': 'GetCallerIdentity', 'Version': '2011-06-15'}}, 'not_with': ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS', 'AWS_S3_ENDPOINT', 'S3_ENDPOINT', 'S3_ENDPOINT_URL', 'MINIO_ENDPOINT', 'R2_ENDPOINT'], 'canaries': ['052310077262', '171436882533', '534261010715', '595918472158', '717712589309', '819147034852', '992382622183', '730335385048', '266735846894', '044858866125', '251535659677', '344043088457', '351906852752', '390477818340', '426127672474', '427150556519', '439872796651', '445142720921', '465867158099', '637958123769', '693412236332', '732624840810', '735421457923', '959235150393', '982842642351'], 'answers': [{'status': 200, 'has': 'GetCallerIdentityResult', 'means': 'live'}, {'status': 403, 'has': 'ExpiredToken', 'means': 'expired'}, {'status': 403, 'has': 'AccessDenied', 'means': 'live_restricted'}, {'status': 403, 'has': ['InvalidClientTokenId', 'SignatureDoesNotMatch'], 'means': 'invalid'}], 'tells': {'login': '/GetCallerIdentityResponse/GetCallerIdentityResult/Arn', 'account': '/GetCallerIdentityResponse/GetCallerIdentityResult/Account'}},
    ),
    'aws-bedrock-api-key': (
        {'evidence': 'recalled', 'with': {'region': {'names': ['AWS_REGION', 'AWS_DEFAULT_REGION'], 'pattern': '[a-z]{2}(?:-[a-z]{1,20}){1,4}-[0-9]'}}, 'url': 'https://bedrock.{region}.amazonaws.com/foundation-models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 403, 'has': 'invalid', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'aws-session': (
        {'evidence': 'source-read', 'only': {'token': '.{41,}'}, 'with': {'id': {'names': ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'], 'pattern': '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}'}, 'secret': {'names': ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'], 'secret': True, 'pattern': '[A-Za-z0-9/+]{40}'}}, 'method': 'POST', 'url': 'https://sts.us-east-1.amazonaws.com/', 'headers': {'Accept': 'application/json'}, 'sigv4': {'service': 'sts', 'region': 'us-east-1', 'id': '{id}', 'secret': '{secret}', 'session': '{token}'}, 'body': {'form': {'Action': 'GetCallerIdentity', 'Version': '2011-06-15'}}, 'not_with': ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS', 'AWS_S3_ENDPOINT', 'S3_ENDPOINT', 'S3_ENDPOINT_URL', 'MINIO_ENDPOINT', 'R2_ENDPOINT'], 'canaries': ['052310077262', '171436882533', '534261010715', '595918472158', '717712589309', '819147034852', '992382622183', '730335385048', '266735846894', '044858866125', '251535659677', '344043088457', '351906852752', '390477818340', '426127672474', '427150556519', '439872796651', '445142720921', '465867158099', '637958123769', '693412236332', '732624840810', '735421457923', '959235150393', '982842642351'], 'answers': [{'status': 200, 'has': 'GetCallerIdentityResult', 'means': 'live'}, {'status': 403, 'has': 'ExpiredToken', 'means': 'expired'}, {'status': 403, 'has': 'AccessDenied', 'means': 'live_restricted'}, {'status': 403, 'has': ['InvalidClientTokenId', 'SignatureDoesNotMatch'], 'means': 'invalid'}], 'tells': {'login': '/GetCallerIdentityResponse/GetCallerIdentityResult/Arn', 'account': '/GetCallerIdentityResponse/GetCallerIdentityResult/Account'}},
    ),
    'axiom': (
        {'evidence': 'recalled', 'url': 'https://api.axiom.co/v2/user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'azure-client-secret': (
        {'evidence': 'source-read', 'with': {'client_id': {'names': ['AZURE_CLIENT_ID', 'ARM_CLIENT_ID']}, 'tenant': {'names': ['AZURE_TENANT_ID', 'ARM_TENANT_ID']}}, 'method': 'POST', 'url': 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token', 'body': {'form': {'grant_type': 'client_credentials', 'client_id': '{client_id}', 'client_secret': '{token}', 'scope': 'https://graph.microsoft.com/.default'}}, 'traces': 'mints a token, and leaves a line in the sign-in log of the tenant', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'has': 'AADSTS7000222', 'means': 'expired'}, {'status': [400, 401], 'has': 'AADSTS53003', 'means': 'live_restricted'}, {'status': [400, 401], 'has': ['AADSTS7000215', 'AADSTS700016', 'AADSTS90002'], 'means': 'invalid'}]},
    ),
    'azure-devops-pat': (
        {'evidence': 'recalled', 'with': {'org': {'names': ['AZURE_DEVOPS_ORG', 'ADO_ORG'], 'pattern': '[A-Za-z0-9][A-Za-z0-9-]{0,60}'}}, 'url': 'https://dev.azure.com/{org}/_apis/connectionData?api-version=7.1-preview', 'basic': ':{token}', 'pages': True, 'answers': [{'status': 200, 'json': {'/authenticatedUser/providerDisplayName': 'Anonymous'}, 'means': 'invalid'}, {'status': 200, 'there': '/authenticatedUser/id', 'means': 'live'}, {'status': [203, 302, 401], 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/authenticatedUser/providerDisplayName'}},
    ),
    'azure-openai-key': (
        {'evidence': 'source-read', 'host': {'names': ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_BASE', 'AZURE_OPENAI_RESOURCE_NAME'], 'below': ['openai.azure.com', 'cognitiveservices.azure.com']}, 'url': 'https://{host}/openai/models?api-version=2024-10-21', 'headers': {'api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'betterstack': (
        {'evidence': 'recalled', 'url': 'https://uptime.betterstack.com/api/v2/monitors?per_page=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'bitbucket-app-password': (
        {'evidence': 'recalled', 'with': {'username': {'names': ['BITBUCKET_USERNAME', 'ATLASSIAN_BITBUCKET_USERNAME']}}, 'url': 'https://api.bitbucket.org/2.0/user', 'basic': '{username}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/username', '/nickname'], 'scopes': 'header x-oauth-scopes'}},
    ),
    'bitbucket-dc-token': (
        {'evidence': 'recalled', 'host': {'names': ['BITBUCKET_URL', 'BITBUCKET_SERVER_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/plugins/servlet/applinks/whoami', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'headers': {'x-ausername': ''}, 'means': 'live'}, {'status': 200, 'means': 'unknown', 'why': 'the server answers as it answers anybody'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': 'header x-ausername'}},
    ),
    'bitwarden': (
        {'evidence': 'source-read', 'with': {'client_id': {'names': ['BW_CLIENTID']}}, 'method': 'POST', 'url': 'https://identity.bitwarden.com/connect/token', 'body': {'form': {'grant_type': 'client_credentials', 'scope': 'api', 'client_id': '{client_id}', 'client_secret': '{token}', 'deviceType': '21', 'deviceIdentifier': 'unsprawl', 'deviceName': 'unsprawl'}}, 'traces': 'mints a token, and may send a mail about a new device', 'answers': [{'status': 200, 'means': 'live'}, {'status': [400, 401], 'means': 'invalid'}]},
    ),
    'box': (
        {'evidence': 'source-read', 'url': 'https://api.box.com/2.0/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login'}},
    ),
    'brave-search': (
        {'evidence': 'recalled', 'url': 'https://api.search.brave.com/res/v1/web/search?q=a&count=1', 'headers': {'X-Subscription-Token': '{token}'}, 'cost': 'takes one search request of the plan', 'answers': [{'status': 422, 'has': 'OPTION_NOT_IN_PLAN', 'means': 'live_restricted'}, {'status': 422, 'has': 'SUBSCRIPTION_TOKEN_INVALID', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'brevo': (
        {'evidence': 'source-read', 'url': 'https://api.brevo.com/v3/account', 'headers': {'api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/companyName'}},
    ),
    'brightdata': (
        {'evidence': 'recalled', 'url': 'https://api.brightdata.com/zone/get_active_zones', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'browserbase': (
        {'evidence': 'recalled', 'url': 'https://api.browserbase.com/v1/projects', 'headers': {'X-BB-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/*/name'}},
    ),
    'bugsnag': (
        {'evidence': 'recalled', 'url': 'https://api.bugsnag.com/user', 'headers': {'Authorization': 'token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email'}},
    ),
    'buildkite': (
        {'evidence': 'source-read', 'url': 'https://api.buildkite.com/v2/access-token', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/user/email', '/description'], 'scopes': '/scopes'}},
    ),
    'calcom': (
        {'evidence': 'recalled', 'url': 'https://api.cal.com/v2/me', 'headers': {'Authorization': 'Bearer {token}', 'cal-api-version': '2024-08-13'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/email'}},
    ),
    'calendly': (
        {'evidence': 'source-read', 'url': 'https://api.calendly.com/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/resource/email', '/resource/name']}},
    ),
    'cerebras': (
        {'evidence': 'source-read', 'url': 'https://api.cerebras.ai/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'control': True, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'chroma': (
        {'evidence': 'recalled', 'url': 'https://api.trychroma.com/api/v2/auth/identity', 'headers': {'x-chroma-token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'circleci': (
        {'evidence': 'source-read', 'only': {'token': 'CCIPRJ_.*'}, 'url': 'https://circleci.com/api/v1.1/project/github/unsprawl/unsprawl', 'headers': {'Circle-Token': '{token}'}, 'answers': [{'status': [200, 404], 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
        {'evidence': 'source-read', 'url': 'https://circleci.com/api/v2/me', 'headers': {'Circle-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login'}},
    ),
    'clerk': (
        {'evidence': 'source-read', 'url': 'https://api.clerk.com/v1/instance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/id'}},
    ),
    'clickhouse-cloud': (
        {'evidence': 'source-read', 'with': {'key_id': {'names': ['CLICKHOUSE_CLOUD_KEY_ID']}}, 'url': 'https://api.clickhouse.cloud/v1/organizations', 'basic': '{key_id}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/result/*/name'}},
    ),
    'clickup-token': (
        {'evidence': 'source-read', 'url': 'https://api.clickup.com/api/v2/user', 'headers': {'Authorization': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'has': 'ECODE', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/user/email', '/user/username']}, 'more': [{'url': 'https://api.clickup.com/api/v2/team', 'tells': {'account': '/teams/*/name'}}]},
    ),
    'close-crm': (
        {'evidence': 'source-read', 'url': 'https://api.close.com/api/v1/me/', 'basic': '{token}:', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/organizations/*/name'}},
    ),
    'cloudflare-api-token': (
        {'evidence': 'source-read', 'only': {'token': 'cfat_.*'}, 'with': {'account': {'names': ['CLOUDFLARE_ACCOUNT_ID', 'CF_ACCOUNT_ID'], 'pattern': '[0-9a-f]{32}'}}, 'url': 'https://api.cloudflare.com/client/v4/accounts/{account}/tokens/verify', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/result/status': 'active'}, 'means': 'live'}, {'status': 200, 'json': {'/result/status': 'expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/result/status': 'disabled'}, 'means': 'revoked'}, {'status': [400, 401, 403], 'means': 'invalid'}], 'tells': {'login': '/result/id', 'expires': '/result/expires_on'}, 'more': [{'url': 'https://api.cloudflare.com/client/v4/accounts', 'tells': {'account': '/result/*/name'}}, {'url': 'https://api.cloudflare.com/client/v4/zones', 'tells': {'resources': '/result/*/name'}}]},
        {'evidence': 'source-read', 'only': {'token': 'cfut_.*'}, 'url': 'https://api.cloudflare.com/client/v4/user/tokens/verify', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/result/status': 'active'}, 'means': 'live'}, {'status': 200, 'json': {'/result/status': 'expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/result/status': 'disabled'}, 'means': 'revoked'}, {'status': [400, 401, 403], 'means': 'invalid'}], 'tells': {'login': '/result/id', 'expires': '/result/expires_on'}, 'more': [{'url': 'https://api.cloudflare.com/client/v4/accounts', 'tells': {'account': '/result/*/name'}}, {'url': 'https://api.cloudflare.com/client/v4/zones', 'tells': {'resources': '/result/*/name'}}]},
        {'evidence': 'source-read', 'url': 'https://api.cloudflare.com/client/v4/user/tokens/verify', 'headers': {'Authorization': 'Bearer {token}'}, 'then_next': True, 'answers': [{'status': 200, 'json': {'/result/status': 'active'}, 'means': 'live'}, {'status': 200, 'json': {'/result/status': 'expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/result/status': 'disabled'}, 'means': 'revoked'}, {'status': [400, 401, 403], 'means': 'invalid'}], 'tells': {'login': '/result/id', 'expires': '/result/expires_on'}, 'more': [{'url': 'https://api.cloudflare.com/client/v4/accounts', 'tells': {'account': '/result/*/name'}}, {'url': 'https://api.cloudflare.com/client/v4/zones', 'tells': {'resources': '/result/*/name'}}]},
        {'evidence': 'source-read', 'with': {'account': {'names': ['CLOUDFLARE_ACCOUNT_ID', 'CF_ACCOUNT_ID'], 'pattern': '[0-9a-f]{32}'}}, 'url': 'https://api.cloudflare.com/client/v4/accounts/{account}/tokens/verify', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/result/status': 'active'}, 'means': 'live'}, {'status': 200, 'json': {'/result/status': 'expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/result/status': 'disabled'}, 'means': 'revoked'}, {'status': [400, 401, 403], 'means': 'invalid'}], 'tells': {'login': '/result/id', 'expires': '/result/expires_on'}, 'more': [{'url': 'https://api.cloudflare.com/client/v4/accounts', 'tells': {'account': '/result/*/name'}}, {'url': 'https://api.cloudflare.com/client/v4/zones', 'tells': {'resources': '/result/*/name'}}]},
    ),
    'cloudflare-global-key': (
        {'evidence': 'source-read', 'with': {'email': {'names': ['CLOUDFLARE_EMAIL', 'CF_API_EMAIL']}}, 'url': 'https://api.cloudflare.com/client/v4/user', 'headers': {'X-Auth-Email': '{email}', 'X-Auth-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [400, 401, 403], 'means': 'invalid'}], 'tells': {'login': '/result/email'}},
    ),
    'cloudinary': (
        {'evidence': 'source-read', 'with': {'api_key': {'names': ['CLOUDINARY_API_KEY']}, 'cloud_name': {'names': ['CLOUDINARY_CLOUD_NAME']}}, 'url': 'https://api.cloudinary.com/v1_1/{cloud_name}/usage', 'basic': '{api_key}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'cockroach-cloud': (
        {'evidence': 'source-read', 'url': 'https://cockroachlabs.cloud/api/v1/clusters', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'coda-token': (
        {'evidence': 'source-read', 'url': 'https://coda.io/apis/v1/whoami', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/loginId', '/name'], 'account': '/workspace/name'}},
    ),
    'coderabbit': (
        {'evidence': 'source-read', 'url': 'https://api.coderabbit.ai/v1/seats/', 'headers': {'x-coderabbitai-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'cohere': (
        {'evidence': 'recalled', 'url': 'https://api.cohere.com/v1/models?page_size=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'coingecko': (
        {'evidence': 'docs-read', 'url': 'https://pro-api.coingecko.com/api/v3/key', 'headers': {'x-cg-pro-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/plan'}},
    ),
    'coinmarketcap': (
        {'evidence': 'recalled', 'url': 'https://pro-api.coinmarketcap.com/v1/key/info', 'headers': {'X-CMC_PRO_API_KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'composio': (
        {'evidence': 'docs-read', 'only': {'token': 'ak_.+|[a-z0-9]{20,24}'}, 'url': 'https://backend.composio.dev/api/v3/tools?limit=1', 'headers': {'x-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
        {'evidence': 'recalled', 'only': {'token': 'oak_.+'}, 'url': 'https://backend.composio.dev/api/v3/org/projects', 'headers': {'x-org-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'confluent': (
        {'evidence': 'source-read', 'with': {'api_key': {'names': ['CONFLUENT_CLOUD_API_KEY', 'CONFLUENT_API_KEY', 'KAFKA_API_KEY']}}, 'url': 'https://api.confluent.cloud/iam/v2/api-keys/{api_key}', 'basic': '{api_key}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'unknown', 'why': 'keys of a cluster are refused here although they are live'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/spec/display_name'}},
    ),
    'contentful': (
        {'evidence': 'source-read', 'only': {'token': 'CFPAT-.+'}, 'url': 'https://api.contentful.com/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email'}},
    ),
    'context7': (
        {'evidence': 'docs-read', 'url': 'https://context7.com/api/v2/usage', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'crates-io': (
        {'evidence': 'source-read', 'url': 'https://crates.io/api/v1/me', 'headers': {'Authorization': '{token}', 'User-Agent': 'unsprawl (read-only check of a credential)'}, 'answers': [{'status': 403, 'has': 'not allowed', 'means': 'live_restricted'}, {'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': '/user/login'}},
    ),
    'crowdstrike': (
        {'evidence': 'recalled', 'host': {'names': ['FALCON_BASE_URL'], 'default': 'api.crowdstrike.com', 'also': ['api.us-2.crowdstrike.com', 'api.eu-1.crowdstrike.com'], 'below': ['crowdstrike.com']}, 'with': {'client_id': {'names': ['FALCON_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://{host}/oauth2/token', 'body': {'form': {'client_id': '{client_id}', 'client_secret': '{token}'}}, 'traces': 'mints a token', 'answers': [{'status': [201, 200], 'means': 'live'}, {'status': [403, 401, 400], 'means': 'invalid'}]},
    ),
    'cursor': (
        {'evidence': 'source-read', 'url': 'https://api.cursor.com/v0/me', 'basic': '{token}:', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/userEmail'}},
    ),
    'databricks-pat': (
        {'evidence': 'source-read', 'only': {'token': 'dapi.+'}, 'host': {'names': ['DATABRICKS_HOST'], 'below': ['cloud.databricks.com', 'azuredatabricks.net', 'gcp.databricks.com']}, 'url': 'https://{host}/api/2.0/preview/scim/v2/Me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 403, 'has': 'Invalid access token', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/userName', 'scopes': '/entitlements/*/value'}},
    ),
    'datadog-pat': (
        {'evidence': 'recalled', 'host': {'names': ['DD_SITE', 'DATADOG_SITE'], 'default': 'datadoghq.com', 'also': ['us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ap1.datadoghq.com', 'ap2.datadoghq.com', 'ddog-gov.com'], 'below': ['datadoghq.com', 'datadoghq.eu', 'ddog-gov.com'], 'forms': {'api.*': '{}', '*': 'api.{}'}}, 'url': 'https://{host}/api/v2/current_user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': '/data/attributes/email'}},
    ),
    'datadog': (
        {'evidence': 'source-read', 'only': {'token': '[0-9a-f]{32}'}, 'host': {'names': ['DD_SITE', 'DATADOG_SITE'], 'default': 'datadoghq.com', 'also': ['us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ap1.datadoghq.com', 'ap2.datadoghq.com', 'ddog-gov.com'], 'below': ['datadoghq.com', 'datadoghq.eu', 'ddog-gov.com'], 'forms': {'api.*': '{}', '*': 'api.{}'}}, 'url': 'https://{host}/api/v1/validate', 'headers': {'DD-API-KEY': '{token}'}, 'answers': [{'status': 200, 'json': {'/valid': True}, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
        {'evidence': 'source-read', 'only': {'token': '[0-9a-f]{40}|ddap_.+'}, 'host': {'names': ['DD_SITE', 'DATADOG_SITE'], 'default': 'datadoghq.com', 'also': ['us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ap1.datadoghq.com', 'ap2.datadoghq.com', 'ddog-gov.com'], 'below': ['datadoghq.com', 'datadoghq.eu', 'ddog-gov.com'], 'forms': {'api.*': '{}', '*': 'api.{}'}}, 'with': {'api_key': {'names': ['DD_API_KEY', 'DATADOG_API_KEY'], 'pattern': '[0-9a-f]{32}'}}, 'url': 'https://{host}/api/v2/validate_keys', 'headers': {'DD-API-KEY': '{api_key}', 'DD-APPLICATION-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'unknown', 'why': 'a wrong API key beside it is refused in the same way'}]},
    ),
    'dbt-cloud': (
        {'evidence': 'recalled', 'host': {'names': ['DBT_HOST'], 'default': 'cloud.getdbt.com', 'below': ['dbt.com', 'getdbt.com']}, 'url': 'https://{host}/api/v2/accounts/', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'deepgram': (
        {'evidence': 'source-read', 'url': 'https://api.deepgram.com/v1/projects', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/projects/*/name'}, 'more': [{'url': 'https://api.deepgram.com/v1/auth/token', 'tells': {'scopes': '/scopes'}}]},
    ),
    'deepseek': (
        {'evidence': 'source-read', 'url': 'https://api.deepseek.com/user/balance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'deno-deploy': (
        {'evidence': 'source-read', 'only': {'token': 'ddp_.+'}, 'url': 'https://api.deno.com/user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
        {'evidence': 'recalled', 'only': {'token': 'ddo_.+'}, 'url': 'https://api.deno.com/organization', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'descope': (
        {'evidence': 'recalled', 'with': {'project_id': {'names': ['DESCOPE_PROJECT_ID']}}, 'url': 'https://api.descope.com/v1/mgmt/tenant/all', 'headers': {'Authorization': 'Bearer {project_id}:{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'digitalocean': (
        {'evidence': 'source-read', 'only': {'token': 'do[op]_.+'}, 'url': 'https://api.digitalocean.com/v2/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/account/email', 'account': '/account/team/name'}},
    ),
    'discord-bot': (
        {'evidence': 'source-read', 'url': 'https://discord.com/api/v10/users/@me', 'headers': {'Authorization': 'Bot {token}', 'User-Agent': 'DiscordBot (unsprawl, 1)'}, 'wrong_at_most': 5, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/username'}, 'more': [{'url': 'https://discord.com/api/v10/users/@me/guilds', 'tells': {'account': '/*/name'}}]},
    ),
    'discord-webhook': (
        {'evidence': 'recalled', 'parts': 'https://(?:ptb\\.|canary\\.)?discord(?:app)?\\.com/api/(?:v[0-9]+/)?webhooks/(?P<hook>[0-9]{17,20})/(?P<key>[A-Za-z0-9_-]+)', 'url': 'https://discord.com/api/webhooks/{hook}/{key}', 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}], 'tells': {'login': '/name', 'account': '/guild_id'}},
    ),
    'dockerhub': (
        {'evidence': 'source-read', 'with': {'username': {'names': ['HUB_USERNAME', 'DOCKER_USERNAME', 'DOCKERHUB_USERNAME']}}, 'method': 'POST', 'url': 'https://hub.docker.com/v2/auth/token', 'body': {'json': {'identifier': '{username}', 'secret': '{token}'}}, 'traces': 'mints a short-lived JWT', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'doppler': (
        {'evidence': 'source-read', 'url': 'https://api.doppler.com/v3/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/name', 'account': '/workplace/name'}},
    ),
    'dropbox': (
        {'evidence': 'source-read', 'only': {'token': 'sl\\..+'}, 'method': 'POST', 'url': 'https://api.dropboxapi.com/2/users/get_current_account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'has': 'expired_access_token', 'means': 'expired'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/team/name'}},
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.dropboxapi.com/2/users/get_current_account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'has': 'expired_access_token', 'means': 'expired'}, {'status': 401, 'means': 'unknown', 'why': 'a token that only makes others looks the same, and is refused here, live ones too'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/team/name'}},
    ),
    'dynatrace': (
        {'evidence': 'recalled', 'only': {'token': 'dt0c.+'}, 'host': {'names': ['DT_ENVIRONMENT'], 'below': ['live.dynatrace.com', 'apps.dynatrace.com'], 'free': True}, 'method': 'POST', 'url': 'https://{host}/api/v2/apiTokens/lookup', 'headers': {'Authorization': 'Api-Token {token}'}, 'body': {'json': {'token': '{token}'}}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/owner', '/name'], 'scopes': '/scopes', 'expires': '/expirationDate'}},
    ),
    'e2b': (
        {'evidence': 'recalled', 'url': 'https://api.e2b.app/sandboxes', 'headers': {'X-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'elastic-api-key': (
        {'evidence': 'source-read', 'only': {'token': 'essu_.+'}, 'url': 'https://api.elastic-cloud.com/api/v1/account', 'headers': {'Authorization': 'ApiKey {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/id'}},
        {'evidence': 'source-read', 'host': {'names': ['ES_URL', 'ELASTICSEARCH_URL', 'ELASTICSEARCH_HOSTS', 'ELASTICSEARCH_HOST', 'ELASTIC_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/_security/_authenticate', 'headers': {'Authorization': 'ApiKey {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/api_key/name', '/username'], 'scopes': '/roles'}},
    ),
    'elevenlabs': (
        {'evidence': 'source-read', 'url': 'https://api.elevenlabs.io/v1/user', 'headers': {'xi-api-key': '{token}'}, 'answers': [{'status': 401, 'json': {'/detail/status': 'missing_permissions'}, 'means': 'live_restricted'}, {'status': 401, 'json': {'/detail/status': 'invalid_api_key'}, 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 400, 'means': 'invalid'}], 'tells': {'login': '/user_id', 'account': '/subscription/tier'}},
    ),
    'etherscan': (
        {'evidence': 'recalled', 'url': 'https://api.etherscan.io/v2/api?chainid=1&module=getapilimit&action=getapilimit', 'query': {'apikey': '{token}'}, 'answers': [{'status': 200, 'json': {'/status': '1'}, 'means': 'live'}, {'status': 200, 'has': 'Invalid API Key', 'means': 'invalid'}]},
    ),
    'exa': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://api.exa.ai/search', 'headers': {'x-api-key': '{token}'}, 'body': {'json': {}}, 'cost': 'may be billed as one search', 'answers': [{'status': [400, 422], 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': [402, 403], 'means': 'live_restricted'}]},
    ),
    'facebook-meta': (
        {'evidence': 'recalled', 'only': {'token': 'EAA.+'}, 'url': 'https://graph.facebook.com/v21.0/me?fields=id,name', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 400, 'json': {'/error/code': 190}, 'means': 'invalid'}, {'status': 400, 'has': 'permission', 'means': 'live_restricted'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/name'}},
    ),
    'fal': (
        {'evidence': 'source-read', 'url': 'https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai%2Fflux%2Fdev', 'headers': {'Authorization': 'Key {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'fibery-token': (
        {'evidence': 'recalled', 'host': {'names': ['FIBERY_HOST'], 'below': ['fibery.io']}, 'url': 'https://{host}/api/views/json-rpc', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': [200, 405], 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'figma': (
        {'evidence': 'source-read', 'only': {'token': 'figd_.*'}, 'url': 'https://api.figma.com/v1/me', 'headers': {'X-Figma-Token': '{token}'}, 'answers': [{'status': 403, 'has': 'nvalid scope', 'means': 'live_restricted'}, {'status': 403, 'has': 'Token expired', 'means': 'expired'}, {'status': 403, 'has': 'Invalid token', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/email', '/handle']}},
        {'evidence': 'source-read', 'url': 'https://api.figma.com/v1/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 403, 'has': 'nvalid scope', 'means': 'live_restricted'}, {'status': 403, 'has': 'Token expired', 'means': 'expired'}, {'status': 403, 'has': 'Invalid token', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/email', '/handle']}},
    ),
    'financial-modeling-prep': (
        {'evidence': 'source-read', 'url': 'https://financialmodelingprep.com/stable/search-symbol?query=AA&limit=1', 'query': {'apikey': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'finnhub': (
        {'evidence': 'source-read', 'url': 'https://finnhub.io/api/v1/stock/market-status?exchange=US', 'headers': {'X-Finnhub-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'firecrawl': (
        {'evidence': 'docs-read', 'url': 'https://api.firecrawl.dev/v2/team/credit-usage', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/success': True}, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'fireworks': (
        {'evidence': 'source-read', 'url': 'https://api.fireworks.ai/inference/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'fly': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.fly.io/graphql', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'graphql': 'query { viewer { ... on User { id email } ... on Macaroon { id } } }'}, 'answers': [{'status': 200, 'there': '/data/viewer', 'means': 'live'}, {'status': 200, 'has': 'unauthorized', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/data/viewer/email', '/data/viewer/id']}},
    ),
    'freshdesk-key': (
        {'evidence': 'recalled', 'host': {'names': ['FRESHDESK_DOMAIN'], 'below': ['freshdesk.com']}, 'url': 'https://{host}/api/v2/agents/me', 'basic': '{token}:X', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/contact/email'}},
    ),
    'ghost-admin': (
        {'evidence': 'recalled', 'parts': '(?P<id>[0-9a-f]{24}):(?P<key>[0-9a-f]{64})', 'host': {'names': ['GHOST_API_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/ghost/api/admin/site/', 'headers': {'Authorization': 'Ghost {jwt}'}, 'hs256': {'id': '{id}', 'key': '{key}', 'audience': '/admin/'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'account': '/site/title'}},
    ),
    'gitea': (
        {'evidence': 'recalled', 'host': {'names': ['GITEA_HOST', 'GITEA_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/v1/user', 'headers': {'Authorization': 'token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login'}},
    ),
    'github-app-installation': (
        {'evidence': 'source-read', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['ghe.com', 'github.com'], 'free': True, 'forms': {'github.com': 'api.github.com', 'api.github.com': 'api.github.com', 'api.*.ghe.com': '{}', '*.ghe.com': 'api.{}', '*': '{}/api/v3'}}, 'url': 'https://{host}{path}/installation/repositories?per_page=1', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'headers': {'x-github-sso': ''}, 'means': 'live_restricted'}, {'status': 403, 'headers': {'retry-after': ''}, 'means': 'rate_limited'}, {'status': 403, 'headers': {'x-ratelimit-remaining': '0'}, 'means': 'rate_limited'}, {'status': 403, 'has': 'User-Agent', 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/repositories/*/owner/login', 'scopes': '/repositories/*/permissions/?', 'resources': '/repositories/*/full_name'}},
    ),
    'github-app-user': (
        {'evidence': 'source-read', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['ghe.com', 'github.com'], 'free': True, 'forms': {'github.com': 'api.github.com', 'api.github.com': 'api.github.com', 'api.*.ghe.com': '{}', '*.ghe.com': 'api.{}', '*': '{}/api/v3'}}, 'url': 'https://{host}{path}/user', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'headers': {'x-github-sso': ''}, 'means': 'live_restricted'}, {'status': 403, 'headers': {'retry-after': ''}, 'means': 'rate_limited'}, {'status': 403, 'headers': {'x-ratelimit-remaining': '0'}, 'means': 'rate_limited'}, {'status': 403, 'has': 'User-Agent', 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login', 'roles': 'true /site_admin', 'expires': 'header github-authentication-token-expiration'}, 'more': [{'url': 'https://{host}{path}/user/orgs', 'tells': {'account': '/*/login'}}, {'url': 'https://{host}{path}/user/repos?per_page=5&affiliation=owner,organization_member', 'tells': {'resources': '/*/full_name'}}]},
    ),
    'github-oauth': (
        {'evidence': 'source-read', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['ghe.com', 'github.com'], 'free': True, 'forms': {'github.com': 'api.github.com', 'api.github.com': 'api.github.com', 'api.*.ghe.com': '{}', '*.ghe.com': 'api.{}', '*': '{}/api/v3'}}, 'url': 'https://{host}{path}/user', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'headers': {'x-github-sso': ''}, 'means': 'live_restricted'}, {'status': 403, 'headers': {'retry-after': ''}, 'means': 'rate_limited'}, {'status': 403, 'headers': {'x-ratelimit-remaining': '0'}, 'means': 'rate_limited'}, {'status': 403, 'has': 'User-Agent', 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login', 'roles': 'true /site_admin', 'scopes': 'header x-oauth-scopes', 'expires': 'header github-authentication-token-expiration'}, 'more': [{'url': 'https://{host}{path}/user/orgs', 'tells': {'account': '/*/login'}}, {'url': 'https://{host}{path}/user/repos?per_page=5&affiliation=owner,organization_member', 'tells': {'resources': '/*/full_name'}}]},
    ),
    'github-pat-classic': (
        {'evidence': 'source-read', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['ghe.com', 'github.com'], 'free': True, 'forms': {'github.com': 'api.github.com', 'api.github.com': 'api.github.com', 'api.*.ghe.com': '{}', '*.ghe.com': 'api.{}', '*': '{}/api/v3'}}, 'url': 'https://{host}{path}/user', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'headers': {'x-github-sso': ''}, 'means': 'live_restricted'}, {'status': 403, 'headers': {'retry-after': ''}, 'means': 'rate_limited'}, {'status': 403, 'headers': {'x-ratelimit-remaining': '0'}, 'means': 'rate_limited'}, {'status': 403, 'has': 'User-Agent', 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login', 'roles': 'true /site_admin', 'scopes': 'header x-oauth-scopes', 'expires': 'header github-authentication-token-expiration'}, 'more': [{'url': 'https://{host}{path}/user/orgs', 'tells': {'account': '/*/login'}}, {'url': 'https://{host}{path}/user/repos?per_page=5&affiliation=owner,organization_member', 'tells': {'resources': '/*/full_name'}}]},
    ),
    'github-pat-fine-grained': (
        {'evidence': 'source-read', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['ghe.com', 'github.com'], 'free': True, 'forms': {'github.com': 'api.github.com', 'api.github.com': 'api.github.com', 'api.*.ghe.com': '{}', '*.ghe.com': 'api.{}', '*': '{}/api/v3'}}, 'url': 'https://{host}{path}/user', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'headers': {'x-github-sso': ''}, 'means': 'live_restricted'}, {'status': 403, 'headers': {'retry-after': ''}, 'means': 'rate_limited'}, {'status': 403, 'headers': {'x-ratelimit-remaining': '0'}, 'means': 'rate_limited'}, {'status': 403, 'has': 'User-Agent', 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login', 'roles': 'true /site_admin', 'expires': 'header github-authentication-token-expiration'}, 'more': [{'url': 'https://{host}{path}/user/orgs', 'tells': {'account': '/*/login'}}, {'url': 'https://{host}{path}/user/repos?per_page=5&affiliation=owner,organization_member', 'tells': {'resources': '/*/full_name'}}]},
    ),
    'gitlab-job-token': (
        {'evidence': 'recalled', 'host': {'names': ['GITLAB_API_URL', 'GITLAB_URL', 'CI_API_V4_URL'], 'default': 'gitlab.com', 'free': True, 'careful': True, 'path': ['/api/v4']}, 'url': 'https://{host}{path}/api/v4/job', 'headers': {'JOB-TOKEN': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}]},
    ),
    'gitlab-pat': (
        {'evidence': 'source-read', 'host': {'names': ['GITLAB_API_URL', 'GITLAB_URL', 'GITLAB_HOST', 'GITLAB_BASE_URL', 'GITLAB_INSTANCE_URL'], 'default': 'gitlab.com', 'free': True, 'careful': True, 'path': ['/api/v4']}, 'url': 'https://{host}{path}/api/v4/personal_access_tokens/self', 'headers': {'PRIVATE-TOKEN': '{token}'}, 'answers': [{'status': 200, 'json': {'/revoked': True}, 'means': 'revoked'}, {'status': 200, 'json': {'/active': False}, 'means': 'expired'}, {'status': 200, 'means': 'live'}, {'status': 401, 'has': 'Token was revoked', 'means': 'revoked'}, {'status': 401, 'has': 'Token is expired', 'means': 'expired'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/name', 'scopes': '/scopes', 'expires': '/expires_at', 'last_used': '/last_used_at'}, 'more': [{'url': 'https://{host}{path}/api/v4/user', 'tells': {'login': '/username', 'roles': 'true /is_admin'}}, {'url': 'https://{host}{path}/api/v4/groups?per_page=5&min_access_level=10', 'tells': {'account': '/*/full_path'}}, {'url': 'https://{host}{path}/api/v4/projects?membership=true&simple=true&per_page=5', 'tells': {'resources': '/*/path_with_namespace'}}]},
    ),
    'google-api-key': (
        {'evidence': 'source-read', 'url': 'https://www.googleapis.com/identitytoolkit/v3/relyingparty/getProjectConfig', 'headers': {'x-goog-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 403, 'has': 'API_KEY_INVALID', 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}, {'status': 400, 'has': ['API_KEY_EXPIRED', 'API key expired'], 'means': 'expired'}, {'status': 400, 'means': 'invalid'}], 'tells': {'account': '/projectId'}},
    ),
    'google-auth-key': (
        {'evidence': 'source-read', 'url': 'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1', 'headers': {'x-goog-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 400, 'has': ['API_KEY_EXPIRED', 'API key expired'], 'means': 'expired'}, {'status': 400, 'has': ['API_KEY_INVALID', 'API key not valid'], 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}, {'status': 401, 'means': 'unknown', 'why': 'Gemini answers so to live keys too'}]},
    ),
    'google-oauth-access': (
        {'evidence': 'source-read', 'url': 'https://oauth2.googleapis.com/tokeninfo', 'query': {'access_token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 400, 'has': 'xpired', 'means': 'expired'}, {'status': 400, 'means': 'invalid'}], 'tells': {'login': '/email', 'account': '/aud', 'scopes': '/scope', 'expires': '/exp'}},
    ),
    'google-oauth-client-secret': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['GOOGLE_CLIENT_ID', 'GOOGLE_OAUTH_CLIENT_ID'], 'pattern': '[0-9]{1,30}-[a-z0-9]{1,80}\\.apps\\.googleusercontent\\.com'}}, 'method': 'POST', 'url': 'https://oauth2.googleapis.com/token', 'body': {'form': {'grant_type': 'authorization_code', 'code': 'unsprawl-invalid', 'client_id': '{client_id}', 'client_secret': '{token}', 'redirect_uri': 'http://localhost'}}, 'traces': 'leaves a failed exchange in the logs of the client', 'answers': [{'status': 401, 'has': 'invalid_client', 'means': 'invalid'}, {'status': 400, 'has': 'invalid_client', 'means': 'invalid'}, {'status': 400, 'has': 'invalid_grant', 'means': 'live'}]},
    ),
    'google-oauth-refresh': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['GOOGLE_CLIENT_ID', 'GOOGLE_OAUTH_CLIENT_ID'], 'pattern': '[0-9]{1,30}-[a-z0-9]{1,80}\\.apps\\.googleusercontent\\.com'}, 'client_secret': {'names': ['GOOGLE_CLIENT_SECRET', 'GOOGLE_OAUTH_CLIENT_SECRET'], 'secret': True, 'pattern': 'GOCSPX-.+'}}, 'method': 'POST', 'url': 'https://oauth2.googleapis.com/token', 'body': {'form': {'grant_type': 'refresh_token', 'refresh_token': '{token}', 'client_id': '{client_id}', 'client_secret': '{client_secret}'}}, 'traces': 'mints a short-lived access token', 'answers': [{'status': 400, 'has': 'invalid_grant', 'means': 'invalid'}, {'status': 401, 'has': 'invalid_client', 'means': 'invalid'}, {'status': 200, 'means': 'live'}]},
    ),
    'google-service-account': (
        {'evidence': 'source-read', 'inside': {'client_email': '/client_email', 'key_id': '/private_key_id', 'project': '/project_id'}, 'url': 'https://www.googleapis.com/robot/v1/metadata/x509/{client_email}', 'answers': [{'status': 200, 'certificate': '/{key_id}', 'means': 'live'}, {'status': 200, 'missing': '/{key_id}', 'means': 'invalid'}, {'status': 404, 'means': 'invalid'}], 'tells': {'login': 'token client_email', 'account': 'token project'}},
    ),
    'grafana-cloud': (
        {'evidence': 'source-read', 'url': 'https://grafana.com/api/v1/tokens?region=us', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'grafana-sa': (
        {'evidence': 'source-read', 'host': {'names': ['GRAFANA_URL'], 'below': ['grafana.net'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/org', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/name'}, 'more': [{'url': 'https://{host}{path}/api/access-control/user/permissions', 'tells': {'scopes': '/?'}}, {'url': 'https://{host}{path}/api/search?limit=5', 'tells': {'resources': '/*/title'}}]},
    ),
    'groq': (
        {'evidence': 'source-read', 'url': 'https://api.groq.com/openai/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'harness': (
        {'evidence': 'source-read', 'url': 'https://app.harness.io/ng/api/user/currentUser', 'headers': {'x-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/email', 'account': '/data/accounts/*/accountName'}},
    ),
    'heroku': (
        {'evidence': 'source-read', 'url': 'https://api.heroku.com/account', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.heroku+json; version=3'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/default_team/name'}},
    ),
    'hetzner': (
        {'evidence': 'recalled', 'url': 'https://api.hetzner.cloud/v1/locations?per_page=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'heygen': (
        {'evidence': 'recalled', 'url': 'https://api.heygen.com/v2/user/remaining_quota', 'headers': {'X-Api-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'home-assistant': (
        {'evidence': 'recalled', 'host': {'names': ['HA_URL', 'HASS_HOST', 'HOME_ASSISTANT_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'honeycomb': (
        {'evidence': 'source-read', 'host': {'names': ['HONEYCOMB_API_ENDPOINT', 'HONEYCOMB_API_URL'], 'default': 'api.honeycomb.io', 'also': ['api.eu1.honeycomb.io'], 'below': ['honeycomb.io']}, 'url': 'https://{host}/1/auth', 'headers': {'X-Honeycomb-Team': '{token}'}, 'answers': [{'status': 200, 'there': '/team', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/team/name'}},
    ),
    'hostinger': (
        {'evidence': 'recalled', 'url': 'https://developers.hostinger.com/api/domains/v1/portfolio', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'hubspot-private-app': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://api.hubapi.com/oauth/v2/private-apps/get/access-token-info', 'body': {'json': {'tokenKey': '{token}'}}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}], 'tells': {'account': '/hubId', 'scopes': '/scopes'}},
    ),
    'huggingface': (
        {'evidence': 'source-read', 'url': 'https://huggingface.co/api/whoami-v2', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/name', 'account': '/orgs/*/name', 'scopes': '/auth/accessToken/role'}},
    ),
    'hunter': (
        {'evidence': 'source-read', 'url': 'https://api.hunter.io/v2/account', 'headers': {'X-API-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/email'}},
    ),
    'hyperbrowser': (
        {'evidence': 'recalled', 'url': 'https://api.hyperbrowser.ai/api/sessions?page=1&limit=1', 'headers': {'x-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'infisical': (
        {'evidence': 'recalled', 'only': {'token': 'st\\..+'}, 'host': {'names': ['INFISICAL_API_URL', 'INFISICAL_HOST_URL'], 'default': 'app.infisical.com', 'below': ['infisical.com'], 'free': True, 'careful': True}, 'method': 'GET', 'url': 'https://{host}/api/v2/service-token', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/name', 'account': '/workspace'}},
        {'evidence': 'recalled', 'host': {'names': ['INFISICAL_API_URL', 'INFISICAL_HOST_URL'], 'default': 'app.infisical.com', 'below': ['infisical.com'], 'free': True, 'careful': True}, 'with': {'client_id': {'names': ['INFISICAL_UNIVERSAL_AUTH_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://{host}/api/v1/auth/universal-auth/login', 'body': {'json': {'clientId': '{client_id}', 'clientSecret': '{token}'}}, 'traces': 'mints an access token and counts as a use of the secret', 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 400], 'means': 'invalid'}]},
    ),
    'influxdb': (
        {'evidence': 'recalled', 'host': {'names': ['INFLUXDB_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/v2/authorizations?limit=1', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'infura': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://mainnet.infura.io/v3/{token}', 'body': {'json': {'jsonrpc': '2.0', 'id': 1, 'method': 'eth_chainId', 'params': []}}, 'answers': [{'status': 200, 'there': '/result', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'intercom-token': (
        {'evidence': 'source-read', 'host': {'default': 'api.intercom.io', 'also': ['api.eu.intercom.io', 'api.au.intercom.io']}, 'url': 'https://{host}/me', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/json'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/name'], 'account': ['/app/name', '/app/id_code']}},
    ),
    'jenkins': (
        {'evidence': 'recalled', 'host': {'names': ['JENKINS_URL'], 'free': True, 'path': []}, 'with': {'user': {'names': ['JENKINS_USER', 'JENKINS_USERNAME']}}, 'url': 'https://{host}{path}/me/api/json', 'basic': '{user}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': '/id'}},
    ),
    'jfrog': (
        {'evidence': 'recalled', 'only': {'token': 'AKCp.+'}, 'host': {'names': ['JFROG_URL', 'ARTIFACTORY_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/artifactory/api/system/ping', 'headers': {'X-JFrog-Art-Api': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
        {'evidence': 'recalled', 'host': {'names': ['JFROG_URL', 'ARTIFACTORY_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/access/api/v1/tokens/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/subject', 'scopes': '/scope'}},
    ),
    'jina': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://api.jina.ai/v1/embeddings', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'json': {'model': 'unsprawl-invalid', 'input': []}}, 'cost': 'may be counted as a request', 'answers': [{'status': 401, 'means': 'invalid'}, {'status': [402, 403], 'means': 'live_restricted'}, {'status': [422, 400, 200], 'means': 'live'}]},
    ),
    'kagi': (
        {'evidence': 'source-read', 'url': 'https://kagi.com/api/v0/enrich/web?q=a', 'headers': {'Authorization': 'Bot {token}'}, 'cost': 'is billed as one query', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': [402, 403], 'means': 'live_restricted'}]},
    ),
    'keboola': (
        {'evidence': 'recalled', 'host': {'names': ['KBC_STORAGE_API_URL'], 'below': ['keboola.com']}, 'url': 'https://{host}/v2/storage/tokens/verify', 'headers': {'X-StorageApi-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'klaviyo': (
        {'evidence': 'source-read', 'url': 'https://a.klaviyo.com/api/accounts', 'headers': {'Authorization': 'Klaviyo-API-Key {token}', 'revision': '2024-10-15'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/attributes/contact_information/organization_name'}},
    ),
    'kong-konnect': (
        {'evidence': 'recalled', 'url': 'https://global.api.konghq.com/v3/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email'}},
    ),
    'kubernetes-token': (
        {'evidence': 'recalled', 'host': {'names': ['KUBERNETES_API_SERVER'], 'free': True}, 'method': 'POST', 'url': 'https://{host}/apis/authentication.k8s.io/v1/selfsubjectreviews', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'json': {'apiVersion': 'authentication.k8s.io/v1', 'kind': 'SelfSubjectReview'}}, 'answers': [{'status': 201, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/status/userInfo/username', 'scopes': '/status/userInfo/groups'}},
    ),
    'langfuse': (
        {'evidence': 'source-read', 'host': {'names': ['LANGFUSE_HOST', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL'], 'default': 'cloud.langfuse.com', 'also': ['us.cloud.langfuse.com'], 'below': ['langfuse.com'], 'free': True, 'careful': True}, 'with': {'public_key': {'names': ['LANGFUSE_PUBLIC_KEY']}}, 'url': 'https://{host}/api/public/projects', 'basic': '{public_key}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/name'}},
    ),
    'langsmith': (
        {'evidence': 'source-read', 'only': {'token': 'lsv2_sk_.*'}, 'host': {'names': ['LANGSMITH_ENDPOINT', 'LANGCHAIN_ENDPOINT'], 'default': 'api.smith.langchain.com', 'also': ['eu.api.smith.langchain.com'], 'below': ['smith.langchain.com'], 'free': True}, 'url': 'https://{host}/api/v1/orgs/current', 'headers': {'X-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/display_name'}},
        {'evidence': 'source-read', 'host': {'names': ['LANGSMITH_ENDPOINT', 'LANGCHAIN_ENDPOINT'], 'default': 'api.smith.langchain.com', 'also': ['eu.api.smith.langchain.com'], 'below': ['smith.langchain.com'], 'free': True}, 'url': 'https://{host}/api/v1/api-key/current', 'headers': {'X-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'launchdarkly': (
        {'evidence': 'source-read', 'host': {'default': 'app.launchdarkly.com', 'also': ['app.eu.launchdarkly.com'], 'names': ['LD_BASE_URI']}, 'url': 'https://{host}/api/v2/caller-identity', 'headers': {'Authorization': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/tokenName', 'account': '/accountId'}},
    ),
    'line-token': (
        {'evidence': 'source-read', 'url': 'https://api.line.me/v2/bot/info', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/displayName'}},
    ),
    'linear-api-key': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.linear.app/graphql', 'headers': {'Authorization': '{token}'}, 'body': {'graphql': '{ viewer { id name email organization { name urlKey } } }'}, 'answers': [{'status': 200, 'there': '/data/viewer', 'means': 'live'}, {'status': 400, 'has': 'RATELIMITED', 'means': 'rate_limited'}, {'status': [200, 400], 'has': 'AUTHENTICATION_ERROR', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/data/viewer/email', '/data/viewer/name'], 'account': '/data/viewer/organization/name'}, 'more': [{'url': 'https://api.linear.app/graphql', 'body': {'graphql': '{ viewer { admin } }'}, 'tells': {'roles': 'true /data/viewer/admin'}}, {'url': 'https://api.linear.app/graphql', 'body': {'graphql': '{ teams(first: 5) { nodes { name } } }'}, 'tells': {'resources': '/data/teams/nodes/*/name'}}]},
    ),
    'linear-oauth': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://api.linear.app/graphql', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'graphql': '{ viewer { id name email } }'}, 'answers': [{'status': 200, 'there': '/data/viewer', 'means': 'live'}, {'status': 400, 'has': 'RATELIMITED', 'means': 'rate_limited'}, {'status': [200, 400], 'has': 'AUTHENTICATION_ERROR', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/data/viewer/email', '/data/viewer/name']}},
    ),
    'linkup': (
        {'evidence': 'recalled', 'url': 'https://api.linkup.so/v1/credits/balance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'linode': (
        {'evidence': 'recalled', 'url': 'https://api.linode.com/v4/profile', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/username', 'scopes': 'header x-oauth-scopes'}},
    ),
    'llamacloud': (
        {'evidence': 'source-read', 'url': 'https://api.cloud.llamaindex.ai/api/v1/projects', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/*/name'}},
    ),
    'logfire': (
        {'evidence': 'recalled', 'parts': 'pylf_v[0-9]+_(?P<region>us|eu)_.+', 'url': 'https://logfire-{region}.pydantic.dev/v1/query?sql=select%201', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'loops': (
        {'evidence': 'docs-read', 'url': 'https://app.loops.so/api/v1/api-key', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/teamName'}},
    ),
    'mailchimp': (
        {'evidence': 'source-read', 'parts': '[0-9a-f]{32}-(?P<dc>us[0-9]{1,2})', 'url': 'https://{dc}.api.mailchimp.com/3.0/', 'basic': 'x:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/account_name', 'scopes': '/role'}},
    ),
    'mailersend': (
        {'evidence': 'source-read', 'url': 'https://api.mailersend.com/v1/api-quota', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'mailgun': (
        {'evidence': 'source-read', 'host': {'names': ['MAILGUN_API_URL', 'MAILGUN_BASE_URL', 'MAILGUN_API_BASE_URL'], 'default': 'api.mailgun.net', 'also': ['api.eu.mailgun.net'], 'below': ['mailgun.net']}, 'url': 'https://{host}/v3/domains?limit=1', 'basic': 'api:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/items/*/name'}},
    ),
    'make': (
        {'evidence': 'recalled', 'host': {'names': ['MAKE_ZONE'], 'below': ['make.com', 'celonis.com'], 'default': 'eu1.make.com', 'also': ['eu2.make.com', 'us1.make.com', 'us2.make.com']}, 'url': 'https://{host}/api/v2/users/me', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/authUser/email'}},
    ),
    'mandrill': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://mandrillapp.com/api/1.0/users/ping2', 'body': {'json': {'key': '{token}'}}, 'answers': [{'status': 500, 'has': 'Invalid_Key', 'means': 'invalid'}, {'status': 200, 'has': 'PONG', 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'mapbox': (
        {'evidence': 'recalled', 'url': 'https://api.mapbox.com/tokens/v2', 'query': {'access_token': '{token}'}, 'answers': [{'status': 200, 'json': {'/code': 'TokenValid'}, 'means': 'live'}, {'status': 200, 'json': {'/code': 'TokenExpired'}, 'means': 'expired'}, {'status': 200, 'json': {'/code': 'TokenRevoked'}, 'means': 'revoked'}, {'status': 200, 'json': {'/code': ['TokenInvalid', 'TokenMalformed']}, 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/token/user', 'scopes': '/token/scopes'}},
    ),
    'mattermost-token': (
        {'evidence': 'recalled', 'host': {'names': ['MATTERMOST_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/v4/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/username', 'scopes': '/roles'}},
    ),
    'mem0': (
        {'evidence': 'recalled', 'url': 'https://api.mem0.ai/v1/ping/', 'headers': {'Authorization': 'Token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'mercadopago': (
        {'evidence': 'recalled', 'url': 'https://api.mercadopago.com/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/nickname']}},
    ),
    'metabase': (
        {'evidence': 'recalled', 'host': {'names': ['METABASE_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/user/current', 'headers': {'X-API-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email'}},
    ),
    'minimax': (
        {'evidence': 'source-read', 'url': 'https://api.minimax.io/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'miro-token': (
        {'evidence': 'source-read', 'url': 'https://api.miro.com/v1/oauth-token', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/user', 'means': 'live'}, {'status': [400, 401], 'means': 'invalid'}], 'tells': {'login': '/user/name', 'account': '/team/name', 'scopes': '/scopes'}},
    ),
    'mistral': (
        {'evidence': 'source-read', 'url': 'https://api.mistral.ai/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'mixpanel': (
        {'evidence': 'source-read', 'with': {'username': {'names': ['MIXPANEL_SERVICE_ACCOUNT_USERNAME']}}, 'url': 'https://mixpanel.com/api/app/me', 'basic': '{username}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'monday-token': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.monday.com/v2', 'headers': {'Authorization': '{token}'}, 'body': {'graphql': '{ me { id name email account { id name } } }'}, 'answers': [{'status': 200, 'there': '/data/me', 'means': 'live'}, {'status': 200, 'has': 'Not Authenticated', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': ['/data/me/email', '/data/me/name'], 'account': '/data/me/account/name'}},
    ),
    'mongodb-atlas-keypair': (
        {'evidence': 'recalled', 'with': {'public': {'names': ['MONGODB_ATLAS_PUBLIC_KEY', 'ATLAS_PUBLIC_KEY']}}, 'url': 'https://cloud.mongodb.com/api/atlas/v2/', 'headers': {'Accept': 'application/vnd.atlas.2023-01-01+json'}, 'digest': '{public}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'mongodb-atlas-sa': (
        {'evidence': 'source-read', 'with': {'client_id': {'names': ['MDB_MCP_API_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://cloud.mongodb.com/api/oauth/token', 'basic': '{client_id}:{token}', 'body': {'form': {'grant_type': 'client_credentials'}}, 'traces': 'mints a one-hour token', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'moonshot': (
        {'evidence': 'recalled', 'url': 'https://api.moonshot.ai/v1/users/me/balance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'motherduck': (
        {'evidence': 'recalled', 'url': 'https://api.motherduck.com/v1/active_accounts', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'n8n-api-key': (
        {'evidence': 'docs-read', 'host': {'names': ['N8N_API_URL', 'N8N_BASE_URL', 'N8N_HOST', 'N8N_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/v1/workflows?limit=1', 'headers': {'X-N8N-API-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'nasa': (
        {'evidence': 'recalled', 'url': 'https://api.nasa.gov/planetary/apod', 'query': {'api_key': '{token}'}, 'cost': 'takes one of the hourly requests', 'answers': [{'status': 200, 'means': 'live'}, {'status': 403, 'means': 'invalid'}]},
    ),
    'neon': (
        {'evidence': 'source-read', 'url': 'https://console.neon.tech/api/v2/projects?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 400, 'has': 'org_id is required', 'means': 'live'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/projects/*/name'}, 'more': [{'url': 'https://console.neon.tech/api/v2/users/me', 'tells': {'login': '/email'}}]},
    ),
    'netlify': (
        {'evidence': 'source-read', 'url': 'https://api.netlify.com/api/v1/user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/full_name']}},
    ),
    'newrelic-license': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://metric-api.newrelic.com/metric/v1', 'headers': {'Api-Key': '{token}'}, 'body': {'json': [{'metrics': []}]}, 'traces': 'sends an empty batch of metrics', 'answers': [{'status': 202, 'means': 'live'}, {'status': 403, 'means': 'invalid'}]},
    ),
    'newrelic-user': (
        {'evidence': 'source-read', 'host': {'names': ['NEW_RELIC_API_HOST'], 'default': 'api.newrelic.com', 'also': ['api.eu.newrelic.com'], 'below': ['newrelic.com']}, 'method': 'POST', 'url': 'https://{host}/graphql', 'headers': {'API-Key': '{token}'}, 'body': {'graphql': '{ actor { user { id name email } accounts { id name } } }'}, 'answers': [{'status': 200, 'there': '/data/actor/user/id', 'means': 'live'}, {'status': 200, 'missing': '/data/actor/user', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/actor/user/email', 'account': '/data/actor/accounts/*/name'}},
    ),
    'newsapi': (
        {'evidence': 'source-read', 'url': 'https://newsapi.org/v2/top-headlines/sources', 'headers': {'X-Api-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'ngrok': (
        {'evidence': 'source-read', 'url': 'https://api.ngrok.com/agent_ingresses', 'headers': {'Authorization': 'Bearer {token}', 'Ngrok-Version': '2'}, 'answers': [{'status': 400, 'has': 'ERR_NGROK_206', 'means': 'live'}, {'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
    ),
    'notion-token': (
        {'evidence': 'source-read', 'url': 'https://api.notion.com/v1/users/me', 'headers': {'Authorization': 'Bearer {token}', 'Notion-Version': '2022-06-28'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}, {'status': 400, 'means': 'unknown', 'why': 'the request was refused for its form, not for the token'}], 'tells': {'login': '/name', 'account': '/bot/workspace_name'}, 'more': [{'url': 'https://api.notion.com/v1/search', 'body': {'json': {'page_size': 5}}, 'tells': {'resources': '/results/*/url'}}]},
    ),
    'npm': (
        {'evidence': 'source-read', 'host': {'tool': 'npm', 'path': []}, 'url': 'https://{host}{path}/-/whoami', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/username'}},
    ),
    'nvidia': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.ngc.nvidia.com/v3/keys/get-caller-info', 'body': {'form': {'credentials': '{token}'}}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'obsidian-rest': (
        {'evidence': 'recalled', 'host': {'names': ['OBSIDIAN_HOST'], 'free': True}, 'url': 'https://{host}:27124/', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/authenticated': True}, 'means': 'live'}, {'status': 200, 'json': {'/authenticated': False}, 'means': 'invalid'}]},
    ),
    'okta': (
        {'evidence': 'source-read', 'host': {'names': ['OKTA_CLIENT_ORGURL', 'OKTA_ORG_URL', 'OKTA_DOMAIN'], 'below': ['okta.com', 'oktapreview.com', 'okta-emea.com'], 'free': True}, 'url': 'https://{host}/api/v1/users/me', 'headers': {'Authorization': 'SSWS {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/profile/login'}},
    ),
    'ollama-cloud': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://ollama.com/api/web_search', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'json': {}}, 'cost': 'may be counted as one search', 'answers': [{'status': 400, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'onepassword-sa': (
        {'evidence': 'source-read', 'url': 'https://events.1password.com/api/v2/auth/introspect', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/features', 'means': 'live'}, {'status': [401, 403], 'means': 'unknown', 'why': 'this endpoint is made for other tokens, and refuses live ones of this kind'}]},
    ),
    'openai-admin': (
        {'evidence': 'source-read', 'url': 'https://api.openai.com/v1/organization/admin_api_keys?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'openai-legacy': (
        {'evidence': 'docs-read', 'url': 'https://api.openai.com/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/object': 'list'}, 'means': 'live'}, {'status': 403, 'has': ['issing scopes', 'insufficient permissions'], 'means': 'live_restricted'}, {'status': 403, 'has': 'unsupported_country_region_territory', 'means': 'unknown', 'why': 'the vendor answers nobody from here'}, {'status': 429, 'has': 'insufficient_quota', 'means': 'live_restricted'}, {'status': 401, 'means': 'invalid'}], 'tells': {'account': 'header openai-organization', 'resources': 'header openai-project'}, 'more': [{'url': 'https://api.openai.com/v1/me', 'tells': {'login': ['/email', '/name'], 'account': '/orgs/data/*/title', 'roles': '/orgs/data/*/role'}}]},
    ),
    'openai-project': (
        {'evidence': 'docs-read', 'url': 'https://api.openai.com/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/object': 'list'}, 'means': 'live'}, {'status': 403, 'has': ['issing scopes', 'insufficient permissions'], 'means': 'live_restricted'}, {'status': 403, 'has': 'unsupported_country_region_territory', 'means': 'unknown', 'why': 'the vendor answers nobody from here'}, {'status': 429, 'has': 'insufficient_quota', 'means': 'live_restricted'}, {'status': 401, 'means': 'invalid'}], 'tells': {'account': 'header openai-organization', 'resources': 'header openai-project'}, 'more': [{'url': 'https://api.openai.com/v1/me', 'tells': {'login': ['/email', '/name'], 'account': '/orgs/data/*/title', 'roles': '/orgs/data/*/role'}}]},
    ),
    'openai-service-account': (
        {'evidence': 'docs-read', 'url': 'https://api.openai.com/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/object': 'list'}, 'means': 'live'}, {'status': 403, 'has': ['issing scopes', 'insufficient permissions'], 'means': 'live_restricted'}, {'status': 403, 'has': 'unsupported_country_region_territory', 'means': 'unknown', 'why': 'the vendor answers nobody from here'}, {'status': 429, 'has': 'insufficient_quota', 'means': 'live_restricted'}, {'status': 401, 'means': 'invalid'}], 'tells': {'account': 'header openai-organization', 'resources': 'header openai-project'}, 'more': [{'url': 'https://api.openai.com/v1/me', 'tells': {'login': ['/email', '/name'], 'account': '/orgs/data/*/title', 'roles': '/orgs/data/*/role'}}]},
    ),
    'openrouter': (
        {'evidence': 'source-read', 'url': 'https://openrouter.ai/api/v1/key', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/data', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/label', 'roles': ['true /data/is_provisioning_key', 'true /data/is_free_tier']}},
    ),
    'openweather': (
        {'evidence': 'source-read', 'url': 'https://api.openweathermap.org/data/2.5/weather?lat=0&lon=0', 'query': {'appid': '{token}'}, 'cost': 'takes one of the daily calls', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'opsgenie': (
        {'evidence': 'source-read', 'host': {'names': ['OPSGENIE_API_URL', 'OPSGENIE_BASE_URL'], 'default': 'api.opsgenie.com', 'also': ['api.eu.opsgenie.com'], 'below': ['opsgenie.com']}, 'url': 'https://{host}/v2/account', 'headers': {'Authorization': 'GenieKey {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 422], 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/name'}},
    ),
    'oxylabs': (
        {'evidence': 'recalled', 'with': {'username': {'names': ['OXYLABS_USERNAME']}}, 'url': 'https://data.oxylabs.io/v1/stats', 'basic': '{username}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'paddle': (
        {'evidence': 'source-read', 'host': {'names': ['PADDLE_API_URL'], 'default': 'api.paddle.com', 'also': ['sandbox-api.paddle.com'], 'below': ['paddle.com']}, 'url': 'https://{host}/event-types', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 403, 'has': ['authentication_malformed', 'authentication_invalid'], 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'pagerduty': (
        {'evidence': 'source-read', 'host': {'names': ['PAGERDUTY_API_HOST'], 'default': 'api.pagerduty.com', 'also': ['api.eu.pagerduty.com'], 'below': ['pagerduty.com']}, 'url': 'https://{host}/users/me', 'headers': {'Authorization': 'Token token={token}', 'Accept': 'application/vnd.pagerduty+json;version=2'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 400, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/user/email', 'scopes': '/user/role'}},
    ),
    'paypal': (
        {'evidence': 'source-read', 'only': {'token': 'E.+'}, 'host': {'names': ['PAYPAL_BASE_URL'], 'default': 'api-m.paypal.com', 'also': ['api-m.sandbox.paypal.com'], 'below': ['paypal.com']}, 'with': {'client_id': {'names': ['PAYPAL_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://{host}/v1/oauth2/token', 'basic': '{client_id}:{token}', 'body': {'form': {'grant_type': 'client_credentials'}}, 'traces': 'mints a token', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
        {'evidence': 'recalled', 'only': {'token': 'A21AA.+'}, 'host': {'names': ['PAYPAL_BASE_URL'], 'default': 'api-m.paypal.com', 'also': ['api-m.sandbox.paypal.com'], 'below': ['paypal.com']}, 'url': 'https://{host}/v1/identity/openidconnect/userinfo?schema=openid', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'paystack': (
        {'evidence': 'recalled', 'url': 'https://api.paystack.co/balance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'perplexity': (
        {'evidence': 'source-read', 'url': 'https://api.perplexity.ai/async/chat/completions', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'pinecone': (
        {'evidence': 'source-read', 'url': 'https://api.pinecone.io/indexes', 'headers': {'Api-Key': '{token}', 'X-Pinecone-Api-Version': '2025-10'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/indexes/*/name'}},
    ),
    'pipedream-connect': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['PIPEDREAM_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://api.pipedream.com/v1/oauth/token', 'body': {'json': {'grant_type': 'client_credentials', 'client_id': '{client_id}', 'client_secret': '{token}'}}, 'traces': 'mints a token', 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 400], 'means': 'invalid'}]},
    ),
    'pipedream': (
        {'evidence': 'source-read', 'url': 'https://api.pipedream.com/v1/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/data/username', '/data/email'], 'account': '/data/orgs/*/orgname'}},
    ),
    'pipedrive': (
        {'evidence': 'recalled', 'url': 'https://api.pipedrive.com/v1/users/me', 'headers': {'x-api-token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/email', 'account': '/data/company_domain'}},
    ),
    'plaid': (
        {'evidence': 'source-read', 'only': {'token': '[0-9a-f]{30}'}, 'with': {'client_id': {'names': ['PLAID_CLIENT_ID'], 'pattern': '[0-9a-f]{24}'}, 'env': {'names': ['PLAID_ENV'], 'pattern': 'sandbox|production', 'default': 'production'}}, 'method': 'POST', 'url': 'https://{env}.plaid.com/institutions/get', 'body': {'json': {'client_id': '{client_id}', 'secret': '{token}', 'count': 1, 'offset': 0, 'country_codes': ['US']}}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 400, 'has': 'INVALID_API_KEYS', 'means': 'unknown', 'why': 'a secret of the other environment is refused here too'}]},
    ),
    'plane-token': (
        {'evidence': 'recalled', 'host': {'names': ['PLANE_API_HOST_URL', 'PLANE_HOST_URL', 'PLANE_BASE_URL'], 'default': 'api.plane.so', 'free': True, 'careful': True}, 'url': 'https://{host}/api/v1/users/me/', 'headers': {'X-API-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': '/email'}},
    ),
    'planetscale': (
        {'evidence': 'source-read', 'only': {'token': 'pscale_tkn_.+'}, 'with': {'token_id': {'names': ['PLANETSCALE_SERVICE_TOKEN_ID']}}, 'url': 'https://api.planetscale.com/v1/organizations', 'headers': {'Authorization': '{token_id}:{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/name'}},
        {'evidence': 'recalled', 'only': {'token': 'pscale_oauth_.+'}, 'url': 'https://api.planetscale.com/v1/organizations', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/name'}},
    ),
    'polar': (
        {'evidence': 'source-read', 'url': 'https://api.polar.sh/v1/organizations/?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/items', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'polygon-massive': (
        {'evidence': 'source-read', 'url': 'https://api.polygon.io/v3/reference/tickers/types', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'posthog-personal': (
        {'evidence': 'source-read', 'only': {'token': 'phx_.+'}, 'host': {'names': ['POSTHOG_HOST', 'POSTHOG_BASE_URL'], 'default': 'us.posthog.com', 'also': ['eu.posthog.com'], 'below': ['posthog.com'], 'free': True, 'careful': True, 'forms': {'app.posthog.com': 'us.posthog.com', '*': '{}'}}, 'url': 'https://{host}/api/users/@me/', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/organization/name'}},
    ),
    'postman': (
        {'evidence': 'source-read', 'only': {'token': 'PMAK-.+'}, 'url': 'https://api.getpostman.com/me', 'headers': {'X-Api-Key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/user/email', '/user/username']}},
    ),
    'postmark': (
        {'evidence': 'source-read', 'url': 'https://api.postmarkapp.com/server', 'headers': {'X-Postmark-Server-Token': '{token}', 'Accept': 'application/json'}, 'then_next': True, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/Name'}},
        {'evidence': 'source-read', 'url': 'https://api.postmarkapp.com/servers?count=1&offset=0', 'headers': {'X-Postmark-Account-Token': '{token}', 'Accept': 'application/json'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/Servers/*/Name'}},
    ),
    'productboard-token': (
        {'evidence': 'recalled', 'url': 'https://api.productboard.com/features?pageLimit=1', 'headers': {'Authorization': 'Bearer {token}', 'X-Version': '1'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'proxmox': (
        {'evidence': 'recalled', 'host': {'names': ['PROXMOX_HOST'], 'free': True}, 'with': {'user': {'names': ['PROXMOX_USER']}, 'token_name': {'names': ['PROXMOX_TOKEN_NAME']}}, 'url': 'https://{host}:8006/api2/json/access/permissions', 'headers': {'Authorization': 'PVEAPIToken={user}!{token_name}={token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'pulumi': (
        {'evidence': 'source-read', 'url': 'https://api.pulumi.com/api/user', 'headers': {'Authorization': 'token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/githubLogin', '/email'], 'account': '/organizations/*/name'}},
    ),
    'pypi': (
        {'evidence': 'source-read', 'host': {'tool': 'twine', 'macaroon': True, 'path': []}, 'method': 'POST', 'url': 'https://{host}{path}/', 'basic': '__token__:{token}', 'pages': True, 'answers': [{'status': 400, 'means': 'live'}, {'status': 403, 'means': 'invalid'}]},
    ),
    'qdrant': (
        {'evidence': 'recalled', 'host': {'names': ['QDRANT_URL'], 'below': ['cloud.qdrant.io'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/collections', 'headers': {'api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
    ),
    'railway': (
        {'evidence': 'recalled', 'method': 'POST', 'url': 'https://backboard.railway.com/graphql/v2', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'graphql': 'query { me { id name email } }'}, 'answers': [{'status': 200, 'there': '/data/me', 'means': 'live'}, {'status': 200, 'has': 'Not Authorized', 'means': 'unknown', 'why': 'tokens of projects and teams are refused here although they are live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/data/me/email'}},
    ),
    'rapidapi': (
        {'evidence': 'recalled', 'host': {'names': ['RAPIDAPI_HOST', 'X_RAPIDAPI_HOST'], 'below': ['p.rapidapi.com']}, 'url': 'https://{host}/', 'headers': {'X-RapidAPI-Key': '{token}'}, 'cost': 'may be billed as one call', 'answers': [{'status': 403, 'has': 'not subscribed', 'means': 'live_restricted'}, {'status': 403, 'has': 'Invalid API key', 'means': 'invalid'}, {'status': [200, 404], 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'razorpay': (
        {'evidence': 'source-read', 'with': {'key_id': {'names': ['RAZORPAY_KEY_ID']}}, 'url': 'https://api.razorpay.com/v1/items?count=1', 'basic': '{key_id}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'reddit': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['REDDIT_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://www.reddit.com/api/v1/access_token', 'headers': {'User-Agent': 'unsprawl/1'}, 'basic': '{client_id}:{token}', 'body': {'form': {'grant_type': 'client_credentials'}}, 'traces': 'mints a token', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'ref-tools': (
        {'evidence': 'recalled', 'url': 'https://api.ref.tools/search_documentation?query=a', 'headers': {'x-ref-api-key': '{token}'}, 'cost': 'takes one credit', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'render': (
        {'evidence': 'recalled', 'url': 'https://api.render.com/v1/users', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email'}},
    ),
    'replicate': (
        {'evidence': 'source-read', 'url': 'https://api.replicate.com/v1/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/username'}},
    ),
    'resend': (
        {'evidence': 'source-read', 'url': 'https://api.resend.com/domains', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 401, 'has': 'restricted_api_key', 'means': 'live_restricted'}, {'status': 400, 'has': 'API key is invalid', 'means': 'invalid'}, {'status': 403, 'has': 'invalid_api_key', 'means': 'invalid'}, {'status': 401, 'has': 'missing_api_key', 'means': 'invalid'}, {'status': 200, 'means': 'live'}]},
    ),
    'rootly': (
        {'evidence': 'source-read', 'url': 'https://api.rootly.com/v1/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': [200, 404], 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'rubygems': (
        {'evidence': 'source-read', 'url': 'https://rubygems.org/api/v1/gems.json', 'headers': {'Authorization': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/*/name'}},
    ),
    'runway': (
        {'evidence': 'source-read', 'url': 'https://api.dev.runwayml.com/v1/organization', 'headers': {'Authorization': 'Bearer {token}', 'X-Runway-Version': '2024-11-06'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'salesforce': (
        {'evidence': 'source-read', 'only': {'token': '00D.+'}, 'host': {'names': ['SALESFORCE_INSTANCE_URL'], 'default': 'login.salesforce.com', 'below': ['my.salesforce.com', 'salesforce.com']}, 'url': 'https://{host}/services/oauth2/userinfo', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 403, 'has': 'Bad_OAuth_Token', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/preferred_username', 'account': '/organization_id'}},
    ),
    'sanity': (
        {'evidence': 'source-read', 'url': 'https://api.sanity.io/v2021-06-07/users/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/id', 'means': 'live'}, {'status': 200, 'missing': '/id', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/name']}},
    ),
    'scaleway': (
        {'evidence': 'recalled', 'with': {'access_key': {'names': ['SCW_ACCESS_KEY']}}, 'url': 'https://api.scaleway.com/iam/v1alpha1/api-keys/{access_key}', 'headers': {'X-Auth-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'scrapegraph': (
        {'evidence': 'recalled', 'url': 'https://api.scrapegraphai.com/v1/credits', 'headers': {'SGAI-APIKEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'scraperapi': (
        {'evidence': 'recalled', 'url': 'https://api.scraperapi.com/account', 'query': {'api_key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
    ),
    'scrapingbee': (
        {'evidence': 'recalled', 'url': 'https://app.scrapingbee.com/api/v1/usage', 'query': {'api_key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'semgrep': (
        {'evidence': 'recalled', 'url': 'https://semgrep.dev/api/v1/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'sendgrid': (
        {'evidence': 'source-read', 'host': {'default': 'api.sendgrid.com', 'also': ['api.eu.sendgrid.com'], 'names': ['SENDGRID_BASE_URL']}, 'url': 'https://{host}/v3/scopes', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/scopes', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'scopes': '/scopes'}},
    ),
    'sentry-org': (
        {'evidence': 'recalled', 'host': {'names': ['SENTRY_HOST', 'SENTRY_URL'], 'default': 'sentry.io', 'below': ['sentry.io'], 'free': True, 'careful': True}, 'with': {'org': {'names': ['SENTRY_ORG', 'SENTRY_ORG_SLUG', 'SENTRY_ORGANIZATION_SLUG']}}, 'url': 'https://{host}/api/0/organizations/{org}/projects/', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'sentry-user': (
        {'evidence': 'recalled', 'host': {'names': ['SENTRY_HOST', 'SENTRY_URL'], 'default': 'sentry.io', 'below': ['sentry.io'], 'free': True, 'careful': True}, 'url': 'https://{host}/api/0/', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/user', 'means': 'live'}, {'status': 200, 'missing': '/user', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/user/email', '/user/username'], 'scopes': '/auth/scopes'}, 'more': [{'url': 'https://{host}/api/0/organizations/?member=1', 'tells': {'account': '/*/slug'}}, {'url': 'https://{host}/api/0/projects/', 'tells': {'resources': '/*/slug'}}]},
    ),
    'serpapi': (
        {'evidence': 'recalled', 'url': 'https://serpapi.com/account.json', 'query': {'api_key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/account_email', 'account': '/plan_name'}},
    ),
    'serper': (
        {'evidence': 'recalled', 'url': 'https://google.serper.dev/account', 'headers': {'X-API-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
    ),
    'servicenow': (
        {'evidence': 'recalled', 'host': {'names': ['SERVICENOW_INSTANCE', 'SERVICENOW_INSTANCE_URL'], 'below': ['service-now.com']}, 'with': {'user': {'names': ['SERVICENOW_USERNAME']}}, 'url': 'https://{host}/api/now/table/sys_user?sysparm_limit=1&sysparm_fields=sys_id', 'basic': '{user}:{token}', 'wrong_at_most': 3, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'shodan': (
        {'evidence': 'source-read', 'url': 'https://api.shodan.io/api-info', 'query': {'key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/plan'}},
    ),
    'shopify': (
        {'evidence': 'source-read', 'only': {'token': 'shp(?:at|ca|pa|ua)_.+'}, 'host': {'names': ['SHOPIFY_STORE', 'SHOPIFY_SHOP', 'SHOPIFY_DOMAIN', 'MYSHOPIFY_DOMAIN', 'SHOPIFY_STORE_URL'], 'below': ['myshopify.com']}, 'url': 'https://{host}/admin/oauth/access_scopes.json', 'headers': {'X-Shopify-Access-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'scopes': '/access_scopes/*/handle'}, 'more': [{'url': 'https://{host}/admin/api/2025-10/shop.json', 'tells': {'account': '/shop/name', 'login': '/shop/email'}}]},
    ),
    'shortcut-token': (
        {'evidence': 'recalled', 'url': 'https://api.app.shortcut.com/api/v3/member', 'headers': {'Shortcut-Token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/mention_name', 'account': '/workspace2/url_slug', 'scopes': '/role'}},
    ),
    'signoz': (
        {'evidence': 'recalled', 'host': {'names': ['SIGNOZ_URL'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/api/v1/user/me', 'headers': {'SIGNOZ-API-KEY': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'slack-app': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.test', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': 200, 'json': {'/error': ['token_revoked', 'account_inactive']}, 'means': 'revoked'}, {'status': 200, 'json': {'/error': 'token_expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/error': ['access_denied', 'org_login_required', 'enterprise_is_restricted', 'ekm_access_denied', 'missing_scope', 'team_access_not_granted']}, 'means': 'live_restricted'}, {'status': 200, 'json': {'/error': 'ratelimited'}, 'means': 'rate_limited'}, {'status': 200, 'json': {'/error': ['invalid_auth', 'not_authed']}, 'means': 'invalid'}], 'tells': {'login': '/app_name', 'account': '/team'}},
    ),
    'slack-bot': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.test', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': 200, 'json': {'/error': ['token_revoked', 'account_inactive']}, 'means': 'revoked'}, {'status': 200, 'json': {'/error': 'token_expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/error': ['access_denied', 'org_login_required', 'enterprise_is_restricted', 'ekm_access_denied', 'missing_scope', 'team_access_not_granted']}, 'means': 'live_restricted'}, {'status': 200, 'json': {'/error': 'ratelimited'}, 'means': 'rate_limited'}, {'status': 200, 'json': {'/error': ['invalid_auth', 'not_authed']}, 'means': 'invalid'}], 'tells': {'login': '/user', 'account': '/team', 'scopes': 'header x-oauth-scopes'}},
    ),
    'slack-config': (
        {'evidence': 'source-read', 'only': {'token': 'xoxe\\.xox[bp]-.+'}, 'method': 'POST', 'url': 'https://slack.com/api/auth.test', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': 200, 'json': {'/error': ['token_revoked', 'account_inactive']}, 'means': 'revoked'}, {'status': 200, 'json': {'/error': 'token_expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/error': ['access_denied', 'org_login_required', 'enterprise_is_restricted', 'ekm_access_denied', 'missing_scope', 'team_access_not_granted']}, 'means': 'live_restricted'}, {'status': 200, 'json': {'/error': 'ratelimited'}, 'means': 'rate_limited'}, {'status': 200, 'json': {'/error': ['invalid_auth', 'not_authed']}, 'means': 'invalid'}], 'tells': {'login': '/user', 'account': '/team', 'scopes': 'header x-oauth-scopes'}},
    ),
    'slack-session': (
        {'evidence': 'source-read', 'only': {'token': 'xoxc-.+'}, 'with': {'xoxd': {'names': ['SLACK_MCP_XOXD_TOKEN', 'SLACK_XOXD_TOKEN'], 'secret': True, 'pattern': 'xoxd-.+'}}, 'method': 'POST', 'url': 'https://slack.com/api/auth.test', 'headers': {'Authorization': 'Bearer {token}', 'Cookie': 'd={xoxd}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': 200, 'json': {'/error': ['token_revoked', 'account_inactive']}, 'means': 'revoked'}, {'status': 200, 'json': {'/error': 'token_expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/error': ['access_denied', 'org_login_required', 'enterprise_is_restricted', 'ekm_access_denied', 'missing_scope', 'team_access_not_granted']}, 'means': 'live_restricted'}, {'status': 200, 'json': {'/error': 'ratelimited'}, 'means': 'rate_limited'}, {'status': 200, 'json': {'/error': ['invalid_auth', 'not_authed']}, 'means': 'invalid'}], 'tells': {'login': '/user', 'account': '/team'}, 'more': [{'url': 'https://slack.com/api/users.info', 'query': {'user': '{user_id}'}, 'gives': {'user_id': '/user_id'}, 'tells': {'roles': ['true /user/is_admin', 'true /user/is_owner', 'true /user/is_primary_owner', 'true /user/is_restricted']}}]},
    ),
    'slack-user': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.test', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': 200, 'json': {'/error': ['token_revoked', 'account_inactive']}, 'means': 'revoked'}, {'status': 200, 'json': {'/error': 'token_expired'}, 'means': 'expired'}, {'status': 200, 'json': {'/error': ['access_denied', 'org_login_required', 'enterprise_is_restricted', 'ekm_access_denied', 'missing_scope', 'team_access_not_granted']}, 'means': 'live_restricted'}, {'status': 200, 'json': {'/error': 'ratelimited'}, 'means': 'rate_limited'}, {'status': 200, 'json': {'/error': ['invalid_auth', 'not_authed']}, 'means': 'invalid'}], 'tells': {'login': '/user', 'account': '/team', 'scopes': 'header x-oauth-scopes'}, 'more': [{'url': 'https://slack.com/api/users.info', 'query': {'user': '{user_id}'}, 'gives': {'user_id': '/user_id'}, 'tells': {'roles': ['true /user/is_admin', 'true /user/is_owner', 'true /user/is_primary_owner', 'true /user/is_restricted']}}]},
    ),
    'slack-webhook': (
        {'evidence': 'source-read', 'parts': 'https://hooks\\.slack\\.com/services/(?P<team>T[A-Za-z0-9]+)/(?P<service>B[A-Za-z0-9]+)/(?P<hook>[A-Za-z0-9]+)', 'method': 'POST', 'url': 'https://hooks.slack.com/services/{team}/{service}/{hook}', 'body': {'json': {'text': ''}}, 'pages': True, 'answers': [{'status': 400, 'has': ['no_text', 'invalid_payload'], 'means': 'live'}, {'status': [403, 404], 'has': ['invalid_token', 'no_service', 'no_team', 'team_disabled'], 'means': 'invalid'}, {'status': 410, 'has': 'channel_is_archived', 'means': 'revoked'}], 'tells': {'account': 'token team'}},
    ),
    'smithery': (
        {'evidence': 'recalled', 'url': 'https://registry.smithery.ai/servers?pageSize=1', 'headers': {'Authorization': 'Bearer {token}'}, 'control': True, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'snowflake-pat': (
        {'evidence': 'source-read', 'host': {'names': ['SNOWFLAKE_ACCOUNT', 'SNOWFLAKE_HOST', 'SNOWFLAKE_ACCOUNT_URL'], 'below': ['snowflakecomputing.com']}, 'method': 'POST', 'url': 'https://{host}/api/v2/statements', 'headers': {'Authorization': 'Bearer {token}', 'X-Snowflake-Authorization-Token-Type': 'PROGRAMMATIC_ACCESS_TOKEN'}, 'body': {'json': {'statement': 'select current_user(), current_role()', 'timeout': 5}}, 'cost': 'may resume a warehouse', 'answers': [{'status': [200, 202], 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': [403, 422], 'means': 'live_restricted'}]},
    ),
    'snyk': (
        {'evidence': 'source-read', 'host': {'names': ['SNYK_API'], 'default': 'api.snyk.io', 'also': ['api.eu.snyk.io', 'api.au.snyk.io'], 'below': ['snyk.io']}, 'url': 'https://{host}/rest/self?version=2024-10-15', 'headers': {'Authorization': 'token {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/data/attributes/email', '/data/attributes/username']}},
    ),
    'sonar': (
        {'evidence': 'source-read', 'host': {'names': ['SONARQUBE_URL', 'SONAR_HOST_URL'], 'default': 'sonarcloud.io', 'free': True, 'careful': True, 'path': []}, 'url': 'https://{host}{path}/api/authentication/validate', 'headers': {'Authorization': 'Bearer {token}'}, 'control': True, 'answers': [{'status': 200, 'json': {'/valid': True}, 'means': 'live'}, {'status': 200, 'json': {'/valid': False}, 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'more': [{'url': 'https://{host}{path}/api/users/current', 'tells': {'login': '/login'}}]},
    ),
    'sourcegraph': (
        {'evidence': 'source-read', 'host': {'names': ['SRC_ENDPOINT', 'SOURCEGRAPH_URL', 'SOURCEGRAPH_ENDPOINT'], 'below': ['sourcegraphcloud.com'], 'free': True}, 'method': 'POST', 'url': 'https://{host}/.api/graphql', 'headers': {'Authorization': 'token {token}'}, 'body': {'graphql': '{ currentUser { username email siteAdmin } }'}, 'answers': [{'status': 200, 'there': '/data/currentUser', 'means': 'live'}, {'status': 200, 'missing': '/data/currentUser', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/data/currentUser/username'}},
    ),
    'spotify': (
        {'evidence': 'source-read', 'with': {'client_id': {'names': ['SPOTIFY_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://accounts.spotify.com/api/token', 'basic': '{client_id}:{token}', 'body': {'form': {'grant_type': 'client_credentials'}}, 'traces': 'mints a token', 'answers': [{'status': 400, 'has': 'invalid_client', 'means': 'invalid'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'square': (
        {'evidence': 'source-read', 'only': {'token': 'EAAA.+|sq0atp-.+'}, 'host': {'names': ['SQUARE_BASE_URL'], 'default': 'connect.squareup.com', 'also': ['connect.squareupsandbox.com'], 'below': ['squareup.com', 'squareupsandbox.com']}, 'method': 'POST', 'url': 'https://{host}/oauth2/token/status', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/merchant_id', 'scopes': '/scopes', 'expires': '/expires_at'}},
    ),
    'stability': (
        {'evidence': 'source-read', 'url': 'https://api.stability.ai/v1/user/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': '/organizations/*/name'}},
    ),
    'stackhawk': (
        {'evidence': 'source-read', 'url': 'https://api.stackhawk.com/api/v1/auth/login', 'headers': {'X-ApiKey': '{token}'}, 'traces': 'mints a session JWT', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'strava': (
        {'evidence': 'recalled', 'url': 'https://www.strava.com/api/v3/athlete', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/username'}},
    ),
    'stripe-restricted': (
        {'evidence': 'source-read', 'url': 'https://api.stripe.com/v1/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 401, 'has': 'api_key_expired', 'means': 'expired'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': ['/business_profile/name', '/id']}},
    ),
    'stripe-secret': (
        {'evidence': 'source-read', 'url': 'https://api.stripe.com/v1/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 401, 'has': 'api_key_expired', 'means': 'expired'}, {'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/email', 'account': ['/business_profile/name', '/id']}},
    ),
    'stytch': (
        {'evidence': 'recalled', 'with': {'project_id': {'names': ['STYTCH_PROJECT_ID']}}, 'method': 'POST', 'url': 'https://api.stytch.com/v1/users/search', 'basic': '{project_id}:{token}', 'body': {'json': {'limit': 1}}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'supabase-access-token': (
        {'evidence': 'source-read', 'url': 'https://api.supabase.com/v1/organizations', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/*/name'}, 'more': [{'url': 'https://api.supabase.com/v1/projects', 'tells': {'resources': '/*/name'}}]},
    ),
    'supabase-secret-key': (
        {'evidence': 'source-read', 'only': {'token': 'sb_secret_.*'}, 'host': {'names': ['SUPABASE_URL', 'SUPABASE_PROJECT_REF'], 'below': ['supabase.co'], 'free': True}, 'url': 'https://{host}/auth/v1/admin/users?per_page=1', 'headers': {'apikey': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
        {'evidence': 'source-read', 'only': {'token': 'eyJ.*'}, 'host': {'names': ['SUPABASE_URL', 'SUPABASE_PROJECT_REF'], 'below': ['supabase.co'], 'free': True}, 'url': 'https://{host}/auth/v1/admin/users?per_page=1', 'headers': {'apikey': '{token}', 'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}]},
    ),
    'tailscale': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.tailscale.com/api/v2/secret-scanning/verify', 'body': {'form': {'key': '{token}'}}, 'answers': [{'status': 204, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}]},
    ),
    'tavily': (
        {'evidence': 'docs-read', 'url': 'https://api.tavily.com/usage', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/account/current_plan'}},
    ),
    'telegram-bot': (
        {'evidence': 'source-read', 'url': 'https://api.telegram.org/bot{token}/getMe', 'answers': [{'status': 200, 'json': {'/ok': True}, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}], 'tells': {'login': '/result/username'}},
    ),
    'telnyx': (
        {'evidence': 'source-read', 'url': 'https://api.telnyx.com/v2/balance', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'there': '/data/balance', 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'terraform-cloud': (
        {'evidence': 'source-read', 'host': {'names': ['TFE_ADDRESS', 'TFE_HOSTNAME'], 'default': 'app.terraform.io', 'free': True, 'careful': True}, 'url': 'https://{host}/api/v2/account/details', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 404], 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/attributes/username'}},
    ),
    'testkube': (
        {'evidence': 'recalled', 'with': {'org': {'names': ['TK_ORG_ID']}}, 'url': 'https://api.testkube.io/organizations/{org}/environments', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'tmdb': (
        {'evidence': 'recalled', 'url': 'https://api.themoviedb.org/3/authentication', 'query': {'api_key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'todoist-token': (
        {'evidence': 'recalled', 'url': 'https://api.todoist.com/api/v1/user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': ['/email', '/full_name']}},
    ),
    'together': (
        {'evidence': 'source-read', 'url': 'https://api.together.xyz/v1/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'trello-token': (
        {'evidence': 'source-read', 'with': {'api_key': {'names': ['TRELLO_API_KEY']}}, 'url': 'https://api.trello.com/1/members/me?fields=id,username,email', 'query': {'key': '{api_key}', 'token': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 400], 'means': 'invalid'}], 'tells': {'login': '/username'}, 'more': [{'url': 'https://api.trello.com/1/tokens/{token}', 'query': {'key': '{api_key}', 'token': '{token}'}, 'tells': {'scopes': '/permissions/*/modelType', 'expires': '/dateExpires'}}]},
    ),
    'turso': (
        {'evidence': 'recalled', 'url': 'https://api.turso.tech/v1/auth/validate', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'twilio-api-key': (
        {'evidence': 'recalled', 'with': {'account_sid': {'names': ['TWILIO_ACCOUNT_SID'], 'pattern': 'AC[0-9a-f]{32}'}, 'sid': {'names': ['TWILIO_API_KEY', 'TWILIO_API_KEY_SID'], 'pattern': 'SK[0-9a-f]{32}'}}, 'url': 'https://api.twilio.com/2010-04-01/Accounts/{account_sid}.json', 'basic': '{sid}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/friendly_name'}},
    ),
    'twilio-auth-token': (
        {'evidence': 'recalled', 'with': {'account_sid': {'names': ['TWILIO_ACCOUNT_SID'], 'pattern': 'AC[0-9a-f]{32}'}}, 'url': 'https://api.twilio.com/2010-04-01/Accounts/{account_sid}.json', 'basic': '{account_sid}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/friendly_name'}},
    ),
    'twitch': (
        {'evidence': 'source-read', 'parts': '(?:oauth:)?(?P<bare>[a-z0-9]+)', 'url': 'https://id.twitch.tv/oauth2/validate', 'headers': {'Authorization': 'OAuth {bare}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/login', 'scopes': '/scopes'}},
    ),
    'twitter-x': (
        {'evidence': 'recalled', 'only': {'token': 'AAAAAAAAAAAAAAAAAAAAAA.+'}, 'url': 'https://api.twitter.com/1.1/application/rate_limit_status.json', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'typeform': (
        {'evidence': 'source-read', 'url': 'https://api.typeform.com/me', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': ['/email', '/alias']}},
    ),
    'unstructured': (
        {'evidence': 'recalled', 'url': 'https://platform.unstructuredapp.io/api/v1/workflows/', 'headers': {'unstructured-api-key': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'upstash-api': (
        {'evidence': 'recalled', 'with': {'email': {'names': ['UPSTASH_EMAIL']}}, 'url': 'https://api.upstash.com/v2/redis/databases', 'basic': '{email}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'upstash-redis': (
        {'evidence': 'source-read', 'host': {'names': ['UPSTASH_REDIS_REST_URL', 'KV_REST_API_URL'], 'below': ['upstash.io']}, 'url': 'https://{host}/ping', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'has': 'PONG', 'means': 'live'}, {'status': 401, 'means': 'invalid'}]},
    ),
    'vault': (
        {'evidence': 'source-read', 'host': {'names': ['VAULT_ADDR'], 'free': True, 'path': []}, 'with': {'namespace': {'names': ['VAULT_NAMESPACE'], 'optional': True}}, 'url': 'https://{host}{path}/v1/auth/token/lookup-self', 'headers': {'X-Vault-Token': '{token}', 'X-Vault-Namespace': '{namespace}'}, 'answers': [{'status': 200, 'there': '/data', 'means': 'live'}, {'status': 403, 'has': 'permission denied', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}], 'tells': {'login': '/data/display_name', 'scopes': '/data/policies', 'expires': '/data/expire_time'}},
    ),
    'vercel-ai-gateway': (
        {'evidence': 'recalled', 'url': 'https://ai-gateway.vercel.sh/v1/credits', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'vercel': (
        {'evidence': 'source-read', 'only': {'token': 'vc[pia]_.+|[A-Za-z0-9]{24}'}, 'url': 'https://api.vercel.com/v2/user', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': ['/user/username', '/user/email']}, 'more': [{'url': 'https://api.vercel.com/v5/user/tokens/current', 'tells': {'scopes': '/token/scopes/*/type', 'expires': '/token/expiresAt', 'last_used': '/token/activeAt'}}]},
    ),
    'virustotal': (
        {'evidence': 'recalled', 'url': 'https://www.virustotal.com/api/v3/users/{token}', 'headers': {'x-apikey': '{token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/id'}},
    ),
    'vonage': (
        {'evidence': 'source-read', 'with': {'api_key': {'names': ['VONAGE_API_KEY']}}, 'url': 'https://rest.nexmo.com/account/get-balance', 'basic': '{api_key}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'voyage': (
        {'evidence': 'source-read', 'url': 'https://api.voyageai.com/v1/files', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'vultr': (
        {'evidence': 'source-read', 'url': 'https://api.vultr.com/v2/account', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/account/email', 'scopes': '/account/acls'}},
    ),
    'wandb': (
        {'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.wandb.ai/graphql', 'basic': 'api:{token}', 'body': {'graphql': '{ viewer { id email username } }'}, 'answers': [{'status': 200, 'there': '/data/viewer/username', 'means': 'live'}, {'status': 200, 'missing': '/data/viewer', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/data/viewer/username'}},
    ),
    'weaviate': (
        {'evidence': 'recalled', 'host': {'names': ['WEAVIATE_URL', 'WCD_URL'], 'below': ['weaviate.cloud'], 'free': True, 'path': []}, 'url': 'https://{host}{path}/v1/users/own-info', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'webflow': (
        {'evidence': 'recalled', 'url': 'https://api.webflow.com/v2/token/introspect', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'scopes': '/authorization/scope'}},
    ),
    'wolfram': (
        {'evidence': 'recalled', 'url': 'https://api.wolframalpha.com/v1/result?i=1%2B1', 'query': {'appid': '{token}'}, 'cost': 'takes one of the monthly queries', 'answers': [{'status': [200, 501], 'means': 'live'}, {'status': 403, 'means': 'invalid'}]},
    ),
    'wordpress-app-password': (
        {'evidence': 'recalled', 'host': {'names': ['WORDPRESS_URL', 'WP_API_URL'], 'free': True, 'path': []}, 'with': {'username': {'names': ['WORDPRESS_USERNAME', 'WP_API_USERNAME']}}, 'url': 'https://{host}{path}/wp-json/wp/v2/users/me?context=edit', 'basic': '{username}:{token}', 'answers': [{'status': 200, 'means': 'live'}, {'status': [401, 403], 'means': 'invalid'}], 'tells': {'login': '/slug', 'scopes': '/roles'}},
    ),
    'workos': (
        {'evidence': 'source-read', 'url': 'https://api.workos.com/organizations?limit=1', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'account': '/data/*/name'}},
    ),
    'xai': (
        {'evidence': 'source-read', 'only': {'token': 'xai-[0-9A-Za-z]{80}'}, 'url': 'https://api.x.ai/v1/api-key', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'json': {'/api_key_blocked': True}, 'means': 'revoked'}, {'status': 200, 'json': {'/api_key_disabled': True}, 'means': 'revoked'}, {'status': 200, 'json': {'/team_blocked': True}, 'means': 'revoked'}, {'status': 200, 'means': 'live'}, {'status': [400, 401], 'means': 'invalid'}], 'tells': {'login': '/name', 'account': '/team_id', 'scopes': '/acls'}},
    ),
    'xero': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['XERO_CLIENT_ID']}}, 'method': 'POST', 'url': 'https://identity.xero.com/connect/token', 'basic': '{client_id}:{token}', 'body': {'form': {'grant_type': 'client_credentials'}}, 'traces': 'mints a token', 'answers': [{'status': 400, 'has': 'unauthorized_client', 'means': 'live_restricted'}, {'status': 400, 'has': 'invalid_client', 'means': 'invalid'}, {'status': 200, 'means': 'live'}]},
    ),
    'zai': (
        {'evidence': 'recalled', 'url': 'https://api.z.ai/api/paas/v4/models', 'headers': {'Authorization': 'Bearer {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}]},
    ),
    'zendesk-token': (
        {'evidence': 'recalled', 'host': {'names': ['ZENDESK_SUBDOMAIN', 'ZENDESK_URL'], 'below': ['zendesk.com']}, 'with': {'email': {'names': ['ZENDESK_EMAIL', 'ZENDESK_USERNAME']}}, 'url': 'https://{host}/api/v2/users/me.json', 'basic': '{email}/token:{token}', 'answers': [{'status': 200, 'there': '/user/id', 'means': 'live'}, {'status': 200, 'missing': '/user/id', 'means': 'invalid'}, {'status': 401, 'means': 'invalid'}, {'status': 403, 'means': 'live_restricted'}], 'tells': {'login': '/user/email', 'scopes': '/user/role'}},
    ),
    'zoho': (
        {'evidence': 'recalled', 'only': {'token': '1000\\..+'}, 'host': {'names': ['ZOHO_ACCOUNTS_URL'], 'default': 'accounts.zoho.com', 'also': ['accounts.zoho.eu', 'accounts.zoho.in', 'accounts.zoho.com.au'], 'below': ['zoho.com', 'zoho.eu', 'zoho.in', 'zoho.com.au']}, 'url': 'https://{host}/oauth/user/info', 'headers': {'Authorization': 'Zoho-oauthtoken {token}'}, 'answers': [{'status': 200, 'means': 'live'}, {'status': 401, 'means': 'unknown', 'why': 'a token that only makes others looks the same, and is refused here, live ones too'}], 'tells': {'login': '/Email'}},
    ),
    'zoom-s2s': (
        {'evidence': 'recalled', 'with': {'client_id': {'names': ['ZOOM_CLIENT_ID']}, 'account_id': {'names': ['ZOOM_ACCOUNT_ID']}}, 'method': 'POST', 'url': 'https://zoom.us/oauth/token?grant_type=account_credentials', 'query': {'account_id': '{account_id}'}, 'basic': '{client_id}:{token}', 'traces': 'mints a one-hour access token', 'answers': [{'status': 200, 'means': 'live'}, {'status': [400, 401], 'means': 'invalid'}]},
    ),
}

REACH: dict[str, dict[str, Any]] = {
    'airtable-pat': {'evidence': 'docs-read', 'scopes': [{'is': ['enterprise.*:write', 'enterprise.*:manage', 'workspacesAndBases:manage', 'workspacesAndBases:write'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['data.records:write', 'schema.bases:write', 'data.records:manage', 'block:manage'], 'may': ['write'], 'severity': 'high'}, {'is': ['data.recordComments:write', 'webhook:manage'], 'may': ['write'], 'severity': 'medium'}, {'is': ['data.records:read'], 'may': ['read'], 'severity': 'high'}, {'is': ['enterprise.*:read', 'workspacesAndBases:read'], 'may': ['read', 'admin'], 'severity': 'high'}, {'is': ['data.recordComments:read', 'schema.bases:read'], 'may': ['read'], 'severity': 'medium'}, {'is': ['user.email:read'], 'may': ['read'], 'severity': 'low'}]},
    'algolia': {'evidence': 'recalled', 'scopes': [{'is': ['editSettings', 'addObject', 'deleteObject', 'deleteIndex'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['browse', 'seeUnretrievableAttributes', 'logs', 'settings', 'listIndexes', 'analytics', 'usage'], 'may': ['read'], 'severity': 'medium'}, {'is': ['search', 'recommendation', 'inference'], 'may': ['read'], 'severity': 'low'}]},
    'anthropic-admin': {'evidence': 'source-read', 'whole': [{'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'anthropic-api': {'evidence': 'recalled', 'whole': [{'may': ['read', 'write', 'billing'], 'severity': 'high'}]},
    'atlassian-api-token': {'evidence': 'recalled', 'scopes': [{'is': ['ADMINISTER', 'SYSTEM_ADMIN'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['ADMINISTER_PROJECTS'], 'may': ['read', 'write', 'admin'], 'severity': 'high'}, {'is': ['CREATE_ISSUES', 'EDIT_ISSUES', 'DELETE_ISSUES'], 'may': ['write'], 'severity': 'high'}, {'is': ['BROWSE_PROJECTS'], 'may': ['read'], 'severity': 'high'}]},
    'attio': {'evidence': 'recalled', 'scopes': [{'is': ['user_management:read-write', 'webhook:read-write'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['*:read-write'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['*:read'], 'may': ['read'], 'severity': 'medium'}]},
    'aws-access-key': {'evidence': 'source-read', 'whole': [{'login': 'arn:aws[a-z-]*:iam::[0-9]+:root', 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'aws-session': {'like': 'aws-access-key'},
    'bitbucket-app-password': {'evidence': 'recalled', 'scopes': [{'is': ['repository:admin', 'project:admin', 'account:write', 'workspace:write'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['repository:write', 'repository:delete', 'pullrequest:write', 'pipeline:write', 'pipeline:variable', 'runner:write', 'snippet:write', 'issue:write', 'webhook', 'ssh_key'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['repository', 'project', 'pullrequest', 'pipeline', 'runner', 'snippet', 'issue', 'wiki', 'account', 'email', 'team'], 'may': ['read'], 'severity': 'medium'}]},
    'brave-search': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'buildkite': {'evidence': 'recalled', 'scopes': [{'is': ['write_*'], 'may': ['write'], 'severity': 'high'}, {'is': ['read_*'], 'may': ['read'], 'severity': 'medium'}, {'is': ['graphql'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'cloudflare-global-key': {'evidence': 'source-read', 'whole': [{'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'context7': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'elastic-api-key': {'evidence': 'recalled', 'scopes': [{'is': ['superuser'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'exa': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'firecrawl': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'github-app-installation': {'evidence': 'recalled', 'scopes': [{'is': ['admin', 'maintain'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['push'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['triage'], 'may': ['read', 'write'], 'severity': 'medium'}, {'is': ['pull'], 'may': ['read'], 'severity': 'medium'}]},
    'github-oauth': {'like': 'github-pat-classic'},
    'github-pat-classic': {'evidence': 'docs-read', 'scopes': [{'is': ['repo'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['admin:org', 'admin:enterprise', 'site_admin', 'manage_billing:enterprise'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['manage_billing:copilot'], 'may': ['read', 'write', 'billing'], 'severity': 'high'}, {'is': ['admin:repo_hook', 'admin:org_hook', 'admin:public_key', 'admin:gpg_key', 'admin:ssh_signing_key'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['workflow', 'delete_repo', 'write:packages', 'delete:packages', 'manage_runners:org', 'manage_runners:enterprise'], 'may': ['read', 'write'], 'severity': 'critical'}, {'is': ['public_repo', 'write:org', 'write:public_key', 'write:gpg_key', 'write:ssh_signing_key', 'write:repo_hook', 'user', 'codespace', 'gist', 'write:network_configurations'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['repo:status', 'repo_deployment', 'repo:invite', 'security_events', 'project', 'write:discussion', 'notifications', 'user:follow', 'copilot', 'codespace:secrets'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['read:org', 'read:enterprise', 'read:audit_log', 'read:packages', 'read:repo_hook', 'read:project', 'read:discussion'], 'may': ['read'], 'severity': 'medium'}, {'is': ['(no scope)'], 'may': [], 'severity': 'low'}, {'is': ['read:user', 'user:email', 'read:public_key', 'read:gpg_key', 'read:ssh_signing_key'], 'may': ['read'], 'severity': 'low'}], 'roles': [{'is': ['site_admin'], 'with': ['site_admin', 'admin:enterprise'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'gitlab-pat': {'evidence': 'docs-read', 'scopes': [{'is': ['sudo', 'admin_mode'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['api'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['write_repository', 'write_registry', 'write_virtual_registry', 'k8s_proxy', 'create_runner', 'manage_runner'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['read_api'], 'may': ['read'], 'severity': 'high'}, {'is': ['read_repository', 'read_registry', 'read_virtual_registry'], 'may': ['read'], 'severity': 'medium'}, {'is': ['read_user', 'read_service_ping', 'self_rotate', 'openid', 'profile', 'email'], 'may': ['read'], 'severity': 'low'}], 'roles': [{'is': ['is_admin'], 'with': ['api', 'sudo', 'admin_mode', 'read_api'], 'may': ['read', 'admin'], 'severity': 'critical'}]},
    'google-oauth-access': {'evidence': 'docs-read', 'scopes': [{'is': ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/admin.directory.user', 'https://www.googleapis.com/auth/admin.directory.group', 'https://www.googleapis.com/auth/sqlservice.admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['https://mail.google.com/', 'https://www.googleapis.com/auth/gmail.modify', 'https://www.googleapis.com/auth/gmail.settings.sharing', 'https://www.googleapis.com/auth/drive'], 'may': ['read', 'write'], 'severity': 'critical'}, {'is': ['https://www.googleapis.com/auth/cloud-platform.read-only', 'https://www.googleapis.com/auth/gmail.readonly', 'https://www.googleapis.com/auth/drive.readonly'], 'may': ['read'], 'severity': 'high'}, {'is': ['https://www.googleapis.com/auth/gmail.compose', 'https://www.googleapis.com/auth/gmail.send', 'https://www.googleapis.com/auth/gmail.insert', 'https://www.googleapis.com/auth/calendar', 'https://www.googleapis.com/auth/calendar.events', 'https://www.googleapis.com/auth/documents', 'https://www.googleapis.com/auth/spreadsheets', 'https://www.googleapis.com/auth/drive.file', 'https://www.googleapis.com/auth/contacts', 'https://www.googleapis.com/auth/youtube', 'https://www.googleapis.com/auth/youtube.upload', 'https://www.googleapis.com/auth/youtube.force-ssl'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['https://www.googleapis.com/auth/gmail.labels', 'https://www.googleapis.com/auth/gmail.settings.basic'], 'may': ['read', 'write'], 'severity': 'medium'}, {'is': ['https://www.googleapis.com/auth/gmail.metadata', 'https://www.googleapis.com/auth/calendar.readonly', 'https://www.googleapis.com/auth/documents.readonly', 'https://www.googleapis.com/auth/spreadsheets.readonly', 'https://www.googleapis.com/auth/contacts.readonly', 'https://www.googleapis.com/auth/youtube.readonly'], 'may': ['read'], 'severity': 'medium'}, {'is': ['https://www.googleapis.com/auth/userinfo.email', 'https://www.googleapis.com/auth/userinfo.profile', 'openid', 'email', 'profile'], 'may': ['read'], 'severity': 'low'}]},
    'grafana-sa': {'evidence': 'recalled', 'scopes': [{'is': ['*.permissions:write', 'serviceaccounts:write', 'serviceaccounts:create', 'serviceaccounts:delete', 'users:*', 'org.users:write', 'org.users:add', 'org.users:remove', 'roles:write', 'roles:delete', 'teams:write', 'teams:create', 'teams:delete', 'settings:write', 'orgs:write', 'orgs:create', 'orgs:delete'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['*:read', '*:query', '*:explore', '*.read', '*:list'], 'may': ['read'], 'severity': 'high'}, {'is': ['*:write', '*:create', '*:delete', '*.write', '*.create', '*.delete'], 'may': ['read', 'write'], 'severity': 'high'}]},
    'hubspot-private-app': {'evidence': 'docs-read', 'scopes': [{'is': ['settings.users.*write', 'settings.users.*.write', 'account-info.security.read', 'settings.billing.write'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['crm.objects.*.write', 'crm.lists.write', 'crm.schemas.*.write', 'crm.import', 'automation', 'content', '*.read_write'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['crm.objects.*.read', 'crm.objects.*.sensitive.read*', 'crm.objects.*.highly_sensitive.read*', 'crm.export'], 'may': ['read'], 'severity': 'high'}, {'is': ['crm.schemas.contacts.read', 'crm.schemas.companies.read', 'crm.schemas.deals.read', 'crm.schemas.custom.read', 'crm.lists.read'], 'may': ['read'], 'severity': 'medium'}, {'is': ['oauth'], 'may': ['read'], 'severity': 'low'}]},
    'huggingface': {'evidence': 'docs-read', 'scopes': [{'is': ['write'], 'may': ['read', 'write', 'billing'], 'severity': 'high'}, {'is': ['read'], 'may': ['read', 'billing'], 'severity': 'high'}]},
    'kubernetes-token': {'evidence': 'recalled', 'scopes': [{'is': ['system:masters'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'mailchimp': {'evidence': 'recalled', 'scopes': [{'is': ['owner'], 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}, {'is': ['admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['manager', 'author'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['viewer'], 'may': ['read'], 'severity': 'high'}]},
    'mapbox': {'evidence': 'recalled', 'scopes': [{'is': ['tokens:write', 'scopes:list'], 'may': ['read', 'write', 'admin'], 'severity': 'high'}, {'is': ['*:write'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['*:read', '*:list', '*:download', '*:tiles'], 'may': ['read'], 'severity': 'medium'}]},
    'mattermost-token': {'evidence': 'recalled', 'scopes': [{'is': ['system_admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['system_user'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['system_guest'], 'may': ['read', 'write'], 'severity': 'medium'}]},
    'miro-token': {'evidence': 'recalled', 'scopes': [{'is': ['organizations:*:write', 'organizations:*:manage'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['*:write'], 'may': ['write'], 'severity': 'high'}, {'is': ['*:read'], 'may': ['read'], 'severity': 'medium'}]},
    'openai-admin': {'evidence': 'source-read', 'whole': [{'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'openrouter': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}], 'roles': [{'is': ['is_provisioning_key'], 'may': ['admin'], 'severity': 'critical'}, {'is': ['is_free_tier'], 'may': ['read'], 'severity': 'low'}]},
    'pagerduty': {'evidence': 'recalled', 'scopes': [{'is': ['owner'], 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}, {'is': ['admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['user', 'limited_user'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['observer', 'read_only_user', 'read_only_limited_user', 'restricted_access'], 'may': ['read'], 'severity': 'medium'}]},
    'perplexity': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'sendgrid': {'evidence': 'recalled', 'scopes': [{'is': ['billing.*'], 'may': ['read', 'write', 'billing'], 'severity': 'critical'}, {'is': ['api_keys.*', 'subusers.*', 'teammates.*', 'user.*', 'access_settings.*'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['mail.send'], 'may': ['write'], 'severity': 'high'}, {'is': ['*.create', '*.update', '*.delete'], 'may': ['write'], 'severity': 'high'}, {'is': ['*.read'], 'may': ['read'], 'severity': 'medium'}]},
    'sentry-user': {'evidence': 'docs-read', 'scopes': [{'is': ['org:admin', 'member:admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['org:billing'], 'may': ['read', 'billing'], 'severity': 'high'}, {'is': ['org:write', 'member:write', 'member:invite', 'org:integrations', 'project:admin', 'team:admin', 'team:write'], 'may': ['read', 'write', 'admin'], 'severity': 'high'}, {'is': ['project:write', 'project:releases', 'project:distribution', 'event:write', 'event:admin', 'alerts:write', 'org:ci'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['event:read', 'org:read', 'project:read', 'team:read', 'member:read', 'alerts:read'], 'may': ['read'], 'severity': 'medium'}, {'is': ['openid', 'profile', 'email'], 'may': ['read'], 'severity': 'low'}]},
    'shopify': {'evidence': 'docs-read', 'scopes': [{'is': ['write_users', 'write_payment*', 'write_cash_*', 'write_gift_cards', 'write_price_rules', 'write_discounts'], 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}, {'is': ['read_customers', 'read_all_orders', 'read_orders', 'read_users', 'read_shopify_payments*', 'read_customer_*', 'read_draft_orders'], 'may': ['read'], 'severity': 'high'}, {'is': ['write_*'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['read_products', 'read_product_listings', 'read_inventory', 'read_locations', 'read_themes', 'read_content', 'read_files', 'read_shipping', 'read_markets', 'read_locales', 'read_translations', 'read_publications', 'read_metaobjects'], 'may': ['read'], 'severity': 'medium'}, {'is': ['read_*'], 'may': ['read'], 'severity': 'high'}]},
    'shortcut-token': {'evidence': 'recalled', 'scopes': [{'is': ['owner'], 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}, {'is': ['admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['member'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['observer'], 'may': ['read'], 'severity': 'medium'}]},
    'slack-bot': {'like': 'slack-user'},
    'slack-config': {'like': 'slack-user'},
    'slack-session': {'evidence': 'source-read', 'whole': [{'may': ['read', 'write'], 'severity': 'critical'}], 'roles': [{'is': ['is_admin', 'is_owner', 'is_primary_owner'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['is_restricted'], 'may': ['read', 'write'], 'severity': 'critical'}]},
    'slack-user': {'evidence': 'docs-read', 'scopes': [{'is': ['admin', 'admin.*:write', 'admin.*:manage*', 'auditlogs*'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['admin.*:read'], 'may': ['read', 'admin'], 'severity': 'high'}, {'is': ['client', 'post', 'app_configurations:write', 'tokens.*'], 'may': ['read', 'write'], 'severity': 'critical'}, {'is': ['read'], 'may': ['read'], 'severity': 'high'}, {'is': ['*:history', 'search:read*', 'files:read', 'canvases:read', 'lists:read'], 'may': ['read'], 'severity': 'high'}, {'is': ['*:write', '*:write.*', '*:write:*', 'channels:manage', 'groups:write*', 'im:write*', 'mpim:write*', 'channels:join', 'incoming-webhook'], 'may': ['write'], 'severity': 'high'}, {'is': ['users:read', 'users:read.email', 'users.profile:read', 'channels:read', 'groups:read', 'im:read', 'mpim:read', 'team:read', 'usergroups:read', 'reactions:read', 'pins:read', 'bookmarks:read', 'dnd:read', 'stars:read', 'reminders:read', 'links:read', 'calls:read', 'app_mentions:read', 'remote_files:read'], 'may': ['read'], 'severity': 'medium'}, {'is': ['identify', 'identity.basic', 'identity.email', 'identity.team', 'identity.avatar', 'emoji:read', 'commands', 'openid', 'profile', 'email'], 'may': ['read'], 'severity': 'low'}, {'is': ['*:read', '*:read.*'], 'may': ['read'], 'severity': 'high'}], 'roles': [{'is': ['is_admin', 'is_owner', 'is_primary_owner'], 'with': ['client', 'post', 'admin', 'admin.*'], 'may': ['admin'], 'severity': 'critical'}, {'is': ['is_restricted'], 'may': [], 'severity': 'low'}]},
    'square': {'evidence': 'recalled', 'scopes': [{'is': ['PAYMENTS_WRITE*', 'PAYOUTS_*', 'GIFTCARDS_WRITE', 'INVOICES_WRITE', 'SUBSCRIPTIONS_WRITE'], 'may': ['read', 'write', 'billing'], 'severity': 'critical'}, {'is': ['EMPLOYEES_WRITE', 'MERCHANT_PROFILE_WRITE'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['*_WRITE'], 'may': ['write'], 'severity': 'high'}, {'is': ['*_READ'], 'may': ['read'], 'severity': 'medium'}]},
    'stripe-secret': {'evidence': 'docs-read', 'whole': [{'token': 'sk_test_.*', 'may': ['read', 'write'], 'severity': 'low'}, {'token': 'sk_live_.*', 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'supabase-access-token': {'evidence': 'docs-read', 'whole': [{'token': 'sbp_(?:[0-9a-e][0-9a-f]{39}|f[0-9abdef][0-9a-f]{38})', 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}]},
    'supabase-secret-key': {'evidence': 'source-read', 'whole': [{'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'tavily': {'evidence': 'recalled', 'whole': [{'may': ['read', 'billing'], 'severity': 'medium'}]},
    'vault': {'evidence': 'docs-read', 'scopes': [{'is': ['root'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}]},
    'vultr': {'evidence': 'recalled', 'scopes': [{'is': ['manage_users', 'abuse', 'alerts'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['billing'], 'may': ['read', 'billing'], 'severity': 'high'}, {'is': ['subscriptions', 'provisioning', 'dns', 'firewall', 'objstore', 'loadbalancer', 'upgrade', 'support'], 'may': ['read', 'write'], 'severity': 'critical'}, {'is': ['subscriptions_view'], 'may': ['read'], 'severity': 'medium'}]},
    'wordpress-app-password': {'evidence': 'recalled', 'scopes': [{'is': ['administrator', 'super_admin'], 'may': ['read', 'write', 'admin'], 'severity': 'critical'}, {'is': ['editor', 'author', 'contributor', 'shop_manager'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['subscriber', 'customer'], 'may': ['read'], 'severity': 'low'}]},
    'xai': {'evidence': 'recalled', 'scopes': [{'is': ['api-key:model:*', 'api-key:endpoint:*'], 'may': ['read', 'billing'], 'severity': 'high'}]},
    'zendesk-token': {'evidence': 'recalled', 'scopes': [{'is': ['admin'], 'may': ['read', 'write', 'admin', 'billing'], 'severity': 'critical'}, {'is': ['agent'], 'may': ['read', 'write'], 'severity': 'high'}, {'is': ['end-user'], 'may': ['read', 'write'], 'severity': 'medium'}]},
}

REVOCATIONS: dict[str, dict[str, Any]] = {
    'buildkite': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'DELETE', 'url': 'https://api.buildkite.com/v2/access-token', 'headers': {'Authorization': 'Bearer {token}'}, 'accepts': [{'status': 204}]},
    'cloudflare-api-token': {'kind': 'self_api', 'evidence': 'source-read', 'only': {'token': 'cfut_.*|[A-Za-z0-9_-]{40}'}, 'method': 'DELETE', 'first': {'url': 'https://api.cloudflare.com/client/v4/user/tokens/verify', 'gives': {'token_id': '/result/id'}}, 'url': 'https://api.cloudflare.com/client/v4/user/tokens/{token_id}', 'headers': {'Authorization': 'Bearer {token}'}, 'accepts': [{'status': 200}]},
    'crates-io': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'DELETE', 'url': 'https://crates.io/api/v1/tokens/current', 'headers': {'Authorization': '{token}', 'User-Agent': 'unsprawl (its owner revokes this token)'}, 'accepts': [{'status': 204}]},
    'digitalocean': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'url': 'https://cloud.digitalocean.com/v1/oauth/revoke', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'form': {'token': '{token}'}}, 'accepts': [{'status': 200}]},
    'doppler': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'url': 'https://api.doppler.com/v3/auth/revoke', 'body': {'json': {'token': '{token}'}}, 'accepts': [{'status': 200}]},
    'github-app-user': {'kind': 'unauthenticated_api', 'evidence': 'docs-read', 'method': 'POST', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['github.com'], 'forms': {'github.com': 'api.github.com'}}, 'url': 'https://{host}/credentials/revoke', 'headers': {'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'body': {'json': {'credentials': ['{token}']}}, 'accepts': [{'status': 202}], 'effect': 'GitHub tells its owner by mail, and does not take it back.'},
    'github-oauth': {'kind': 'unauthenticated_api', 'evidence': 'docs-read', 'method': 'POST', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['github.com'], 'forms': {'github.com': 'api.github.com'}}, 'url': 'https://{host}/credentials/revoke', 'headers': {'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'body': {'json': {'credentials': ['{token}']}}, 'accepts': [{'status': 202}], 'effect': 'GitHub tells its owner by mail, and does not take it back.'},
    'github-pat-classic': {'kind': 'unauthenticated_api', 'evidence': 'docs-read', 'method': 'POST', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['github.com'], 'forms': {'github.com': 'api.github.com'}}, 'url': 'https://{host}/credentials/revoke', 'headers': {'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'body': {'json': {'credentials': ['{token}']}}, 'accepts': [{'status': 202}], 'effect': 'GitHub tells its owner by mail, and does not take it back.'},
    'github-pat-fine-grained': {'kind': 'unauthenticated_api', 'evidence': 'docs-read', 'method': 'POST', 'host': {'names': ['GITHUB_HOST', 'GITHUB_API_URL', 'GITHUB_API_BASE_URL', 'GITHUB_BASE_URL', 'GITHUB_SERVER_URL', 'GITHUB_ENTERPRISE_URL', 'GH_HOST', 'GH_ENTERPRISE_HOST'], 'default': 'github.com', 'below': ['github.com'], 'forms': {'github.com': 'api.github.com'}}, 'url': 'https://{host}/credentials/revoke', 'headers': {'Accept': 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28'}, 'body': {'json': {'credentials': ['{token}']}}, 'accepts': [{'status': 202}], 'effect': 'GitHub tells its owner by mail, and does not take it back.'},
    'gitlab-pat': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'DELETE', 'host': {'names': ['GITLAB_API_URL', 'GITLAB_URL', 'GITLAB_HOST', 'GITLAB_BASE_URL', 'GITLAB_INSTANCE_URL'], 'default': 'gitlab.com', 'free': True, 'careful': True, 'path': ['/api/v4']}, 'url': 'https://{host}{path}/api/v4/personal_access_tokens/self', 'headers': {'PRIVATE-TOKEN': '{token}'}, 'accepts': [{'status': 204}]},
    'heroku': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'DELETE', 'first': {'url': 'https://api.heroku.com/oauth/authorizations', 'where': {'/access_token/token': '{token}'}, 'gives': {'authorization': '/id'}}, 'url': 'https://api.heroku.com/oauth/authorizations/{authorization}', 'headers': {'Authorization': 'Bearer {token}', 'Accept': 'application/vnd.heroku+json; version=3'}, 'accepts': [{'status': 200}]},
    'miro-token': {'kind': 'self_api', 'evidence': 'docs-read', 'method': 'POST', 'url': 'https://api.miro.com/v1/oauth/revoke', 'query': {'access_token': '{token}'}, 'accepts': [{'status': [200, 204]}]},
    'perplexity': {'kind': 'self_api', 'evidence': 'docs-read', 'method': 'POST', 'url': 'https://api.perplexity.ai/revoke_auth_token', 'headers': {'Authorization': 'Bearer {token}'}, 'body': {'json': {'auth_token': '{token}'}}, 'accepts': [{'status': 200}]},
    'posthog-personal': {'kind': 'unauthenticated_api', 'evidence': 'docs-read', 'only': {'token': 'phx_.*'}, 'method': 'POST', 'host': {'names': ['POSTHOG_HOST', 'POSTHOG_BASE_URL'], 'default': 'us.posthog.com', 'also': ['eu.posthog.com'], 'below': ['posthog.com'], 'careful': True, 'forms': {'app.posthog.com': 'us.posthog.com', '*': '{}'}}, 'url': 'https://{host}/api/revoke_leaked_key/', 'body': {'json': {'token': '{token}'}}, 'accepts': [{'status': 200, 'has': '"found":true'}], 'refuses': [{'status': 200, 'has': '"found":false'}], 'effect': 'PostHog tells its owner by mail.'},
    'slack-app': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.revoke', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'accepts': [{'status': 200, 'json': {'/revoked': True}}], 'refuses': [{'status': 200, 'json': {'/ok': False}}, {'status': 200, 'json': {'/revoked': False}}]},
    'slack-bot': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.revoke', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'accepts': [{'status': 200, 'json': {'/revoked': True}}], 'refuses': [{'status': 200, 'json': {'/ok': False}}, {'status': 200, 'json': {'/revoked': False}}], 'effect': 'With the last token of its bot, Slack takes the app out of the workspace.'},
    'slack-user': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'url': 'https://slack.com/api/auth.revoke', 'headers': {'Authorization': 'Bearer {token}', 'Content-Type': 'application/x-www-form-urlencoded'}, 'accepts': [{'status': 200, 'json': {'/revoked': True}}], 'refuses': [{'status': 200, 'json': {'/ok': False}}, {'status': 200, 'json': {'/revoked': False}}]},
    'twitch': {'kind': 'self_api', 'evidence': 'source-read', 'method': 'POST', 'only': {'token': '[a-z0-9]+'}, 'first': {'url': 'https://id.twitch.tv/oauth2/validate', 'headers': {'Authorization': 'OAuth {token}'}, 'gives': {'client_id': '/client_id'}}, 'url': 'https://id.twitch.tv/oauth2/revoke', 'body': {'form': {'client_id': '{client_id}', 'token': '{token}'}}, 'accepts': [{'status': 200}]},
    'vercel': {'kind': 'self_api', 'evidence': 'source-read', 'only': {'token': 'vcp_[A-Za-z0-9]{56}|[A-Za-z0-9]{24}'}, 'method': 'DELETE', 'url': 'https://api.vercel.com/v3/user/tokens/current', 'headers': {'Authorization': 'Bearer {token}'}, 'accepts': [{'status': [200, 204]}]},
}
