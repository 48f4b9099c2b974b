/* The third round: what meets another thing, and what well-known APIs say. */
import { now, random, key, jws, jwk, b64, defaults } from './world.mjs';
import { S, at, trust, tlsOf, grant } from './situations.mjs';

const user = { sub: 'u-7', name: 'Ada Example', email: 'ada@example.org' };
const good = (c) => c.a.tokens.get(c.bearer ?? '')?.active;
const over = (a, more = {}) => a.jwt({ iat: now() - 7200, exp: now() - 3600, ...more });

/* --- around the end of a token --- */
S('accepted-within-leeway', [null, 'token-expires-soon', 'clock-skew-small'], async (w) => { const a = await w.as(), t = a.jwt({ exp: now() - 20, iat: now() - 3620 }); a.tokens.get(t).active = true; return at(a, t); });
S('refused-just-after-the-end', ['token-expired', 'clock-skew-small'], async (w) => { const a = await w.as(); return at(a, a.jwt({ exp: now() - 20, iat: now() - 3620 })); });
S('api-refuses-iat-ahead', ['token-not-yet-valid', 'clock-skew-server', 'clock-skew-small'], async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="issuedAt of token is in the future"' }); r.end(); });
	return at(a, a.jwt({ iat: now() + 130, exp: now() + 3700 }), { profile: { resource_url: rs + '/me' } });
});
S('refresh-heals', [null], async (w) => { const a = await w.as(); return at(a, over(a), { refresh: a.refreshToken(), args: ['--refresh'] }); });
S('healthy-revoked-on-purpose', [null], async (w) => { const a = await w.as(); return at(a, a.opaque(), { args: ['--revoke'] }); });

/* --- metadata and keys --- */
S('healthy-discovery-behind-a-login', [null, 'html-login-page', 'discovery-unreachable'], async (w) => { const a = await w.as({ discovery: (c) => c.html(401, '<h1>Unauthorized</h1>', { 'www-authenticate': 'Basic realm="admin"' }) }); return at(a, a.jwt(), { profile: { introspection_endpoint: a.base + '/introspect', userinfo_endpoint: a.base + '/me', token_endpoint: a.base + '/token' } }); });
S('healthy-no-discovery-wanted', null, async (w) => { const a = await w.as({ discovery: (c) => c.send(500) }); return at(a, a.jwt(), { profile: { discovery: false, introspection_endpoint: a.base + '/introspect', userinfo_endpoint: a.base + '/me', jwks_uri: a.base + '/keys' } }); });
S('healthy-no-keys-published', [null, 'jwks-unknown-kid'], async (w) => { const a = await w.as({ jwks: (c) => c.send(200, { keys: [] }) }); return at(a, a.jwt()); });
S('introspection-jwt-by-unknown-key', 'signed-response-invalid', async (w) => { const other = key('ES256', 'zz'); const a = await w.as({ introspect: (c) => c.send(200, jws(other, { iss: a.issuer, aud: 'app', iat: now(), token_introspection: a.tokens.get(c.form.get('token')) ?? { active: false } }, { typ: 'token-introspection+jwt' }), { 'content-type': 'application/token-introspection+jwt' }) }); return at(a, a.opaque()); });
S('introspection-404-html', 'wrong-endpoint-path', async (w) => { const a = await w.as({ introspect: (c) => c.html(404, '<!DOCTYPE html><html><head><title>404 Not Found</title></head><body>nginx</body></html>') }); return at(a, a.jwt()); });

/* --- who --- */
S('sub-in-another-case', 'userinfo-sub-mismatch', async (w) => { const a = await w.as({ userinfo: (c) => good(c) ? c.send(200, { ...user, sub: 'U-7' }) : c.refuse('invalid_token') }); return at(a, a.jwt(), { id: a.idToken() }); });
S('no-sub-at-all', 'userinfo-sub-mismatch', async (w) => { const a = await w.as({ userinfo: (c) => good(c) ? c.send(200, { name: 'Ada', email: 'a@example.org' }) : c.refuse('invalid_token') }); return at(a, a.jwt(), { id: a.idToken() }); });
S('sub-as-number', ['userinfo-sub-mismatch', null], async (w) => { const a = await w.as({ userinfo: (c) => good(c) ? c.send(200, { ...user, sub: 42 }) : c.refuse('invalid_token') }); return at(a, a.jwt({ sub: '42' }), { id: a.idToken({ sub: '42' }) }); });
const toldAt = (name, want, d, status = 401, dead = false) => S(name, want, async (w) => { const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token', d, status) : defaults.userinfo(c) }); const t = a.jwt(); if (dead) a.tokens.get(t).active = false; return at(a, t); });
toldAt('account-locked', 'user-disabled-or-deleted', 'User account is locked');
toldAt('stale-token', 'token-stale-not-before', 'Stale token', 401, true);
S('two-tokens-seen', 'token-sent-twice', async (w) => { const a = await w.as({ userinfo: (c) => c.refuse('invalid_request', 'Found multiple bearer tokens in the request', 400) }); return at(a, a.jwt()); });

/* --- refresh and revocation --- */
const refreshSays = (name, want, answer, make) => S(name, want, async (w) => { const a = await w.as({ token: answer }); return at(a, over(a), { refresh: make ? make(a) : random(), args: ['--refresh'] }); });
refreshSays('refresh-jwt-over', 'refresh-token-expired', (c) => grant(c, 'Token is not active'), (a) => jws(a.keys[0], { typ: 'Refresh', iss: a.issuer, azp: 'app', sub: 'u-7', iat: now() - 9000, exp: now() - 1800 }, { typ: 'JWT' }));
refreshSays('refresh-user-disabled', 'user-disabled-or-deleted', (c) => grant(c, 'User disabled'));
refreshSays('refresh-wants-mfa', 'refresh-policy-reauth', (c) => c.send(400, { error: 'interaction_required', error_description: 'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.', suberror: 'basic_action', claims: '{"access_token":{"capolids":{"essential":true,"values":["x"]}}}' }));
refreshSays('refresh-expired-or-revoked', ['refresh-invalid-grant-unspecified', 'token-expired'], (c) => grant(c, 'Token has been expired or revoked.'));
refreshSays('refresh-503', ['server-error-5xx', 'token-expired'], (c) => c.send(503, { error: 'temporarily_unavailable' }, { 'retry-after': '5' }));
S('revoke-no-jwt', 'revoke-unsupported-token-type', async (w) => { const a = await w.as({ revoke: (c) => c.send(400, { error: 'unsupported_token_type' }) }); return at(a, a.jwt(), { args: ['--revoke'] }); });
S('revoke-others', 'revoke-other-client-noop', async (w) => { const a = await w.as({ revoke: (c) => c.send(200) }); return at(a, a.jwt({ azp: 'spa', client_id: 'spa', aud: ['app'] }), { args: ['--revoke'] }); });

/* --- on the way --- */
const gate = (name, want, status, headers, page, o = {}) => S(name, want, async (w) => { const a = await w.as({ userinfo: (c) => c.html(status, page, headers) }); return at(a, a.opaque()); }, o);
gate('cloudfront-blocked', 'waf-block', 403, { server: 'CloudFront', 'x-cache': 'Error from cloudfront' }, '<!DOCTYPE HTML><HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>403 ERROR</H1>Request blocked. We can\'t connect to the server for this app or website at this time.</BODY></HTML>');
gate('header-431', 'header-too-large', 431, {}, '');
S('captive-portal', 'html-login-page', async (w) => { const a = await w.as({ before: (c) => c.path === '/portal/login' ? c.html(200, '<html><body>Welcome to Free WiFi <form method="post"><input type="checkbox">I accept</form></body></html>') : c.send(302, undefined, { location: '/portal/login?from=' + encodeURIComponent(c.path) }) }); return at(a, a.jwt()); });
S('maintenance', 'server-error-5xx', async (w) => { const a = await w.as({ userinfo: (c) => c.send(503, { error: 'temporarily_unavailable', error_description: 'Maintenance until 06:00' }, { 'retry-after': '1800' }) }); return at(a, a.opaque()); });
S('parser-breaks-on-this', ['server-error-5xx', 'token-malformed'], async (w) => { const a = await w.as({ userinfo: (c) => a.tokens.has(c.bearer ?? '') ? c.html(500, 'Internal Server Error') : c.refuse('invalid_token') }); return at(a, a.opaque()); });
S('body-drips', 'read-timeout', async (w) => { const a = await w.as({ userinfo: (c) => { c.r.writeHead(200, { 'content-type': 'application/json' }); const i = setInterval(() => c.r.write(' '), 300); c.r.on('close', () => clearInterval(i)); } }); return at(a, a.opaque(), { profile: { timeout: 2 } }); });
S('redirects-ping-pong', ['redirect-loop', 'redirect-dropped-authorization'], async (w) => { const a = await w.as({ before: (c) => c.path === '/you' ? c.send(307, undefined, { location: '/me' }) : false, userinfo: (c) => c.send(307, undefined, { location: '/you' }) }); return at(a, a.opaque()); });
S('plain-http-to-tls-port', ['http-instead-of-https', 'tls-protocol-or-sni'], async (w) => { const port = await w.raw((c) => c.once('data', () => { const p = '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head><body><center><h1>400 Bad Request</h1></center><center>The plain HTTP request was sent to HTTPS port</center></body></html>'; c.end(`HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: ${p.length}\r\nConnection: close\r\n\r\n${p}`); })); return { issuer: `http://127.0.0.1:${port}`, token: random() }; });

/* --- what well-known APIs say, of an opaque token that nobody else knows --- */
const api = (name, want, status, body, headers = {}) => S('api-' + name, want, async (w) => {
	const a = await w.as({ doc: (d) => { delete d.introspection_endpoint; }, introspect: (c) => c.send(404) });
	const rs = await w.serve((q, r) => { r.writeHead(status, { 'content-type': 'application/json', ...headers }); r.end(JSON.stringify(body)); });
	return at(a, random(), { profile: { resource_url: rs + '/me' } });
});
const unsaid = ['token-rejected-unspecified'];
api('github', unsaid, 401, { message: 'Bad credentials', documentation_url: 'https://docs.example/rest' });
api('linkedin', 'token-revoked', 401, { serviceErrorCode: 65601, code: 'REVOKED_ACCESS_TOKEN', message: 'The token used in the request has been revoked by the user', status: 401 });
api('facebook', 'token-expired', 400, { error: { message: 'Error validating access token: Session has expired on Tuesday, 27-Jan-26 10:00:00 PST. The current time is Tuesday, 27-Jan-26 10:21:13 PST.', type: 'OAuthException', code: 190, error_subcode: 463 } });
api('discord', unsaid, 401, { message: '401: Unauthorized', code: 0 });
api('dropbox', 'token-expired', 401, { error_summary: 'expired_access_token/...', error: { '.tag': 'expired_access_token' } });
api('twitch', unsaid, 401, { error: 'Unauthorized', status: 401, message: 'Invalid OAuth token' });
api('zoom', 'token-expired', 401, { code: 124, message: 'Access token is expired.' });
api('hubspot', 'token-expired', 401, { status: 'error', message: 'The OAuth token used to make this call expired 2 hour(s) ago.', category: 'EXPIRED_AUTHENTICATION' });
api('hubspot-scopes', 'insufficient-scope', 403, { status: 'error', message: "This app hasn't been granted all required scopes to make this call.", category: 'MISSING_SCOPES' });
api('google-scopes', 'insufficient-scope', 403, { error: { code: 403, message: 'Request had insufficient authentication scopes.', status: 'PERMISSION_DENIED', details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] } });
api('slack-scope', 'insufficient-scope', 200, { ok: false, error: 'missing_scope', needed: 'users:read', provided: 'identify' });
api('graphql', ['error-in-200-body', 'token-rejected-unspecified'], 200, { errors: [{ message: 'Unauthorized', extensions: { code: 'UNAUTHENTICATED' } }], data: null });
api('salesforce', ['token-rejected-unspecified', 'token-expired'], 401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
api('graph-compact', ['opaque-vs-jwt-confusion', 'token-malformed', 'token-rejected-unspecified'], 401, { error: { code: 'InvalidAuthenticationToken', message: 'CompactToken parsing failed with error code: 80049217' } });
