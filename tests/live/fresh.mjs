/* The second round, invented when the first was right: the same form as situations.mjs. */
import http2 from 'node:http2';
import net from 'node:net';
import zlib from 'node:zlib';
import { now, b64, random, key, jwk, jws, defaults } from './world.mjs';
import { S, at, trust, tlsOf, mtls, dpopWorld, grant } from './situations.mjs';

const api = async (w, answer) => (await w.serve((q, r) => answer(q, r))) + '/v1/me';
const says = (status, headers, body = '') => (q, r) => { r.writeHead(status, headers); r.end(body); };
const json = { 'content-type': 'application/json' };
const user = { sub: 'u-7', name: 'Ada Example', email: 'ada@example.org' };
const refused = (c, ...rest) => c.bearer ? c.refuse('invalid_token', ...rest) : defaults.userinfo(c);

/* healthy */
S('healthy-id-token-long-over', null, async (w) => { const a = await w.as(); return at(a, a.jwt(), { id: a.idToken({ iat: now() - 7200, exp: now() - 6900, auth_time: now() - 7210 }) }); });
S('healthy-introspection-says-active-alone', null, async (w) => { const a = await w.as({ introspect: (c) => c.client() ? c.send(200, { active: a.tokens.has(c.form.get('token')) }) : c.send(401, { error: 'invalid_client' }) }); return at(a, a.opaque()); });
S('healthy-introspection-expires-in', null, async (w) => { const a = await w.as({ introspect: (c) => c.client() ? c.send(200, a.tokens.has(c.form.get('token')) ? { active: true, expires_in: 1200, scope: 'openid', client_id: 'app' } : { active: false }) : c.send(401, { error: 'invalid_client' }) }); return at(a, a.opaque()); });
S('healthy-exp-zero', [null, 'timestamp-type-wrong'], async (w) => { const a = await w.as(); return at(a, a.opaque({ exp: 0 })); });
S('healthy-exp-year-9999', null, async (w) => { const a = await w.as(); return at(a, a.jwt({ exp: 253402300799 })); });
S('healthy-pairwise-sub-at-introspection', null, async (w) => { const a = await w.as(); const t = a.opaque({ sub: 'pairwise-for-rs-91' }); a.o.userinfo = (c) => a.tokens.get(c.bearer ?? '')?.active ? c.send(200, user) : refused(c); return at(a, t, { id: a.idToken() }); });
S('healthy-key-set-with-strange-keys', null, async (w) => {
	const a = await w.as({ jwks: (c) => c.send(200, { keys: [{ kty: 'LWE', kid: 'q1', x: 'AA' }, { ...jwk(key('RS256', 'k1')), use: 'enc', alg: 'RSA-OAEP' }, { ...jwk(a.keys[0]), key_ops: ['verify'] }, 'not a key'] }) });
	return at(a, a.jwt());
});
S('healthy-nonce-in-header', [null, 'token-not-locally-verifiable'], async (w) => {
	const a = await w.as(), t = a.jwt({ aud: '00000003-0000-0000-c000-000000000000' }, { nonce: random() });
	const bad = t.slice(0, -20) + random(15);
	a.tokens.set(bad, a.tokens.get(t));
	return at(a, bad);
});
S('healthy-json-as-html', [null, 'body-not-json'], async (w) => { const a = await w.as({ userinfo: (c) => a.tokens.get(c.bearer ?? '')?.active ? c.send(200, Buffer.from(JSON.stringify(user)), { 'content-type': 'text/html; charset=UTF-8' }) : refused(c) }); return at(a, a.jwt()); });
S('healthy-early-hints', null, async (w) => { const a = await w.as({ userinfo: (c) => { c.r.writeEarlyHints({ link: '</s.css>; rel=preload' }); defaults.userinfo(c); } }); return at(a, a.jwt()); });
S('healthy-closes-without-saying', null, async (w) => { const a = await w.as({ before: (c) => { c.r.on('finish', () => setTimeout(() => c.q.socket.destroy(), 5)); return false; } }); return at(a, a.jwt()); });
S('healthy-mtls-aliases', null, async (w) => {
	const mine = w.certs.leaf('client');
	const strict = await w.as({ tls: { ...mtls(w), rejectUnauthorized: true } });
	const a = await w.as({ tls: tlsOf(w), doc: (d) => ({ ...d, mtls_endpoint_aliases: { introspection_endpoint: strict.base + '/introspect', token_endpoint: strict.base + '/token', userinfo_endpoint: strict.base + '/me' }, introspection_endpoint_auth_methods_supported: ['tls_client_auth'] }) });
	strict.tokens = a.tokens;
	strict.o.introspect = (c) => c.form.get('client_id') === 'app' && c.q.socket.authorized ? c.send(200, a.tokens.get(c.form.get('token')) ?? { active: false }) : c.send(401, { error: 'invalid_client' });
	return at(a, a.opaque(), { secret: null, profile: { ...trust(w), client_id: 'app', client_auth: 'tls_client_auth', client_cert_file: mine.file, client_key_file: mine.keyFile } });
});
S('healthy-http2', null, async (w) => {
	const a = await w.as({ tls: tlsOf(w) });
	const s = http2.createSecureServer({ ...tlsOf(w), allowHTTP1: false }, (q, r) => { const ok = /^bearer /i.test(q.headers.authorization ?? ''); r.writeHead(ok ? 200 : 401, json); r.end(ok ? JSON.stringify(user) : '{}'); });
	const port = await w.listen(s, '127.0.0.1');
	a.metadata.userinfo_endpoint = `https://127.0.0.1:${port}/me`;
	return at(a, a.jwt(), { profile: trust(w) });
});
S('healthy-token-response-as-file', null, async (w) => { const a = await w.as(); return at(a, JSON.stringify({ access_token: a.jwt(), token_type: 'Bearer', expires_in: 3000, scope: 'openid profile' })); });
S('healthy-openid-alone-sub-alone', null, async (w) => { const a = await w.as({ userinfo: (c) => a.tokens.get(c.bearer ?? '')?.active ? c.send(200, { sub: 'u-7' }) : refused(c) }); return at(a, a.jwt({ scope: 'openid' })); });
S('healthy-refresh-same-access-token', null, async (w) => { const a = await w.as(), t = a.jwt(); a.o.token = (c) => c.send(200, { access_token: t, token_type: 'bearer', expires_in: 3000, refresh_token: c.form.get('refresh_token') }); return at(a, t, { refresh: a.refreshToken(), args: ['--refresh'] }); });
S('healthy-long-response-headers', null, async (w) => { const a = await w.as({ userinfo: (c) => a.tokens.get(c.bearer ?? '')?.active ? c.send(200, user, { 'content-security-policy': 'default-src ' + 'https://a.example '.repeat(900) }) : refused(c) }); return at(a, a.jwt()); });
S('claims-missing', 'userinfo-claims-missing', async (w) => { const a = await w.as({ userinfo: (c) => a.tokens.get(c.bearer ?? '')?.active ? c.send(200, { sub: 'u-7' }) : refused(c) }); return at(a, a.jwt({ scope: 'openid profile email' })); });
S('expires-in-20s', ['token-expires-soon', null], async (w) => { const a = await w.as(); return at(a, a.jwt({ exp: now() + 25, iat: now() - 3575 })); });

/* the words of a refusal */
const words = (name, want, answer, more = {}) => S(name, want, async (w) => {
	const a = await w.as({ doc: (d) => { delete d.introspection_endpoint; }, introspect: (c) => c.send(404), userinfo: (c) => c.bearer ? answer(c) : defaults.userinfo(c) });
	return at(a, more.token?.(a) ?? random());
});
words('two-challenges-expired', 'token-expired', (c) => c.send(401, undefined, { 'www-authenticate': 'Basic realm="x", Bearer realm="y", error="invalid_token", error_description="The access token expired"' }));
words('unquoted-challenge', 'token-expired', (c) => c.send(401, undefined, { 'www-authenticate': 'Bearer error=invalid_token,error_description=token_expired' }));
words('status-400-expired', 'token-expired', (c) => c.send(400, { error: 'invalid_request', error_description: 'access token has expired' }));
words('graph-expired', 'token-expired', (c) => c.send(401, { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed, the token is expired.', innerError: { date: '2026-01-31T11:00:00' } } }));
words('cognito-no-openid', 'userinfo-missing-openid-scope', (c) => c.send(401, { error: 'invalid_token', error_description: 'Access token does not contain openid scope' }, { 'www-authenticate': 'error="invalid_token", error_description="Access token does not contain openid scope"' }));
words('session-gone', 'sso-session-ended', (c) => c.refuse('invalid_token', "User session not found or doesn't have client attached on it"));
words('spanish-expired', 'token-expired', (c) => c.refuse('invalid_token', 'El token de acceso ha caducado'));

S('error-in-200', ['error-in-200-body', 'token-rejected-unspecified'], async (w) => { const a = await w.as({ userinfo: (c) => c.send(200, { error: 'invalid_token' }) }); return at(a, a.opaque()); });
for (const [name, body, headers] of [['empty', '', {}], ['null', 'null', json], ['utf16', Buffer.from(JSON.stringify(user), 'utf16le'), json], ['gzip-unsaid', zlib.gzipSync(JSON.stringify(user)), json]])
	S('userinfo-' + name, 'body-not-json', async (w) => { const a = await w.as({ userinfo: (c) => c.send(200, body, headers) }); return at(a, a.opaque()); });
S('metadata-not-quite-json', ['body-not-json', 'discovery-unreachable'], async (w) => { const a = await w.as({ discovery: (c) => c.send(200, JSON.stringify(a.metadata).replace(/}$/, ',}'), json) }); return at(a, a.jwt()); });
S('issuer-is-a-web-app', ['html-login-page', 'discovery-unreachable', 'wrong-endpoint-path'], async (w) => { const a = await w.as({ before: (c) => c.html(200, '<!doctype html><html><head><title>Portal</title></head><body><div id="root"></div><script src="/app.js"></script></body></html>') }); return at(a, a.jwt()); });
S('userinfo-moved-404', 'wrong-endpoint-path', async (w) => { const a = await w.as({ userinfo: (c) => c.html(404, '<html><body><h1>Not Found</h1><p>The requested URL was not found on this server.</p></body></html>') }); return at(a, a.opaque()); });
S('userinfo-slash-redirect', ['redirect-dropped-authorization', 'wrong-endpoint-path'], async (w) => { const a = await w.as({ before: (c) => c.path === '/me/' ? (c.path = '/me', defaults.userinfo(c)) : false, userinfo: (c) => c.send(301, undefined, { location: '/me/' }) }); return at(a, a.opaque()); });
S('userinfo-three-megabytes', 'response-too-large', async (w) => { const a = await w.as({ userinfo: (c) => c.send(200, { ...user, groups: Array.from({ length: 60000 }, (_, i) => 'CN=Team-' + i + ',OU=Groups,DC=corp,DC=example') }) }); return at(a, a.opaque()); });
S('chunks-without-end', 'response-truncated', async (w) => {
	const a = await w.as();
	const port = await w.raw((c) => c.once('data', () => c.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"sub":"u-7","na\r\n')));
	a.metadata.userinfo_endpoint = `http://127.0.0.1:${port}/me`;
	return at(a, a.opaque());
});

/* what an API says */
const apiSays = (name, want, headers, body, status = 401, o = {}) => S(name, want, async (w) => {
	const a = await w.as();
	return at(a, o.token?.(a) ?? a.jwt(), { profile: { resource_url: await api(w, says(status, headers, body)) } });
}, o);
const bearer = (d) => ({ 'www-authenticate': `Bearer error="invalid_token", error_description="${d}"` });
apiSays('api-says-audience', 'wrong-audience', bearer("The audience 'app' is invalid"));
apiSays('api-says-issuer', ['wrong-tenant-or-realm', 'issuer-mismatch-hostname'], bearer("The issuer 'http://127.0.0.1' is invalid"));
apiSays('api-has-old-keys', 'jwks-stale-cache', bearer("IDX10503: Signature validation failed. Token does not have a kid. Keys tried: '...'. Unable to find key with kid: 'k1'"));
apiSays('api-gateway-unauthorized', ['token-rejected-unspecified'], { ...json, 'x-amzn-errortype': 'UnauthorizedException' }, '{"message":"Unauthorized"}');
apiSays('api-gateway-forbidden', ['insufficient-scope', 'token-rejected-unspecified'], { ...json, 'x-amzn-errortype': 'ForbiddenException' }, '{"message":"Forbidden"}', 403, { undetermined: true });
S('api-takes-everything', ['token-expired', 'userinfo-skips-expiry'], async (w) => { const a = await w.as(); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { profile: { resource_url: await api(w, says(200, json, '{"id":1}')) } }); });
S('internal-host-in-iss', 'issuer-mismatch-hostname', async (w) => {
	const a = await w.as({ path: '/realms/x' }), t = a.jwt({ iss: 'http://keycloak:8080/realms/x' });
	a.tokens.get(t).active = false;
	a.o.userinfo = (c) => refused(c, 'Token verification failed');
	return at(a, t);
});

/* the caller */
S('hint-wanted', ['introspect-inactive-unspecified'], async (w) => { const a = await w.as({ introspect: (c) => c.form.get('token_type_hint') ? defaults.introspect(c) : c.client() ? c.send(200, { active: false }) : c.send(401, { error: 'invalid_client' }) }); return at(a, a.jwt()); }, { undetermined: true });
S('wrong-secret-hidden', 'client-secret-wrong', async (w) => { const a = await w.as({ introspect: (c) => c.send(200, c.client() ? a.tokens.get(c.form.get('token')) ?? { active: false } : { active: false }) }); return at(a, a.jwt(), { secret: 'other' }); });
S('introspection-wants-a-scope', ['introspect-not-permitted'], async (w) => { const a = await w.as({ introspect: (c) => c.client() ? c.send(403, { error: 'insufficient_scope', error_description: 'The client lacks the scope introspection' }) : c.send(401, { error: 'invalid_client' }) }); return at(a, a.jwt()); });
S('client-disabled', 'client-disabled', async (w) => { const no = (c) => c.send(401, { error: 'invalid_client', error_description: 'Client disabled' }); const a = await w.as({ introspect: no, token: no }); return at(a, a.jwt()); });
S('client-secret-over', 'client-secret-expired', async (w) => { const no = (c) => c.send(401, { error: 'invalid_client', error_description: "AADSTS7000222: The provided client secret keys for app 'app' are expired." }); const a = await w.as({ introspect: no, token: no }); return at(a, a.jwt()); });
S('introspection-500-for-this', 'server-error-5xx', async (w) => { const a = await w.as({ introspect: (c) => a.tokens.has(c.form.get('token')) ? c.send(500, { error: 'server_error' }) : defaults.introspect(c) }); return at(a, a.jwt()); });
S('introspection-throttled', 'rate-limited', async (w) => { const a = await w.as({ introspect: (c) => c.send(429, undefined, { 'retry-after': '30' }) }); return at(a, a.opaque()); });

/* in place of the token */
S('keycloak-refresh-token', 'refresh-token-as-access-token', async (w) => { const a = await w.as(), t = a.jwt({ typ: 'Refresh', aud: a.issuer, exp: now() + 1800, azp: 'app' }, { typ: 'JWT' }); a.o.userinfo = (c) => refused(c); return at(a, t); });
S('nbsp-in-token', 'token-whitespace-or-control', async (w) => { const a = await w.as(), t = a.opaque(); return at(a, t.slice(0, 9) + '\u00a0' + t.slice(9)); });
S('form-in-place-of-token', ['token-malformed', 'token-quoted-or-json-wrapped'], async (w) => { const a = await w.as(); return at(a, `access_token=${a.opaque()}&scope=&token_type=bearer`); });
S('exp-in-ms-in-the-claims', 'token-expired', async (w) => { const a = await w.as(), t = a.jwt({ iat: (now() - 7200) * 1000, exp: (now() - 3600) * 1000 }); a.tokens.get(t).active = false; return at(a, t); });

/* proofs */
S('dpop-server-clock-ahead', ['clock-skew-local', 'clock-skew-server', 'dpop-proof-invalid'], async (w) => {
	const { a, file, token } = await dpopWorld(w);
	a.o.dateShift = 900;
	a.tokens.get(token).iat += 900;
	a.o.userinfo = (c) => c.send(401, undefined, { 'www-authenticate': c.bearer ? 'DPoP error="invalid_dpop_proof", error_description="DPoP proof iat is not recent enough"' : 'DPoP algs="ES256"' });
	return at(a, token, { profile: { dpop: true, dpop_key_file: file } });
});
S('dpop-scheme-unknown', 'dpop-scheme-not-supported-at-endpoint', async (w) => {
	const { a, file, token } = await dpopWorld(w);
	a.o.userinfo = (c) => /^Bearer /.test(c.auth ?? '') ? (a.tokens.get(c.bearer) ? c.send(200, user) : c.refuse('invalid_token')) : c.send(401, undefined, { 'www-authenticate': 'Bearer realm="live"' });
	return at(a, token, { profile: { dpop: true, dpop_key_file: file } });
});
S('dpop-htu-behind-proxy', 'dpop-proof-invalid', async (w) => {
	const { a, file, token } = await dpopWorld(w);
	a.o.userinfo = (c) => c.send(401, undefined, { 'www-authenticate': c.bearer ? 'DPoP error="invalid_dpop_proof", error_description="htu does not match http://internal:8080/me"' : 'DPoP algs="ES256"' });
	return at(a, token, { profile: { dpop: true, dpop_key_file: file } });
});

/* refresh */
S('refresh-then-lagging', 'replication-delay', async (w) => {
	const a = await w.as(), seen = new Map();
	a.o.userinfo = (c) => { const t = a.tokens.get(c.bearer ?? ''); const n = seen.get(c.bearer) ?? 0; seen.set(c.bearer, n + 1); return t?.active && n === 0 ? c.refuse('invalid_token') : defaults.userinfo(c); };
	return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: a.refreshToken(), args: ['--refresh'] });
});
S('refresh-html', ['html-login-page'], async (w) => { const a = await w.as({ token: (c) => c.html(200, '<html><body><form><input type="password" name="p"></form></body></html>') }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: random(), args: ['--refresh'] }); });
S('refresh-password-changed', 'refresh-password-change', async (w) => { const a = await w.as({ token: (c) => grant(c, "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '2026-01-01T00:00:00Z' and the TokensValidFrom date (before which tokens are not valid) for this user is '2026-02-01T00:00:00Z'.", { error_codes: [50173] }) }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: random(), args: ['--refresh'] }); });
S('refresh-scope-refused', 'refresh-scope-invalid', async (w) => { const a = await w.as({ token: (c) => c.send(400, { error: 'invalid_scope', error_description: 'Requested scope exceeds the granted scope' }) }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: random(), args: ['--refresh'] }); });

/* TLS, proxies, addresses */
S('tls-wildcard-too-deep', 'tls-hostname-mismatch', async (w) => { const a = await w.as({ tls: tlsOf(w, 'wild', { san: 'DNS:*.corp.example' }), name: 'a.b.corp.example' }); return at(a, a.jwt(), { profile: { ...trust(w), resolve: [`a.b.corp.example:${new URL(a.base).port}:127.0.0.1`] } }); });
S('tls-name-unknown-alert', 'tls-protocol-or-sni', async (w) => { const port = await w.raw((c) => c.once('data', () => c.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 112])))); return { issuer: `https://idp.example:${port}`, token: random(), profile: { ...trust(w), resolve: [`idp.example:${port}:127.0.0.1`] } }; });
S('proxy-502', ['proxy-refused', 'connection-refused', 'dns-failure'], async (w) => { const a = await w.as({ tls: tlsOf(w) }); const port = await w.raw((c) => c.once('data', () => c.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'))); return at(a, a.jwt(), { profile: { ...trust(w), proxy: `http://127.0.0.1:${port}` } }); });
S('proxy-not-there', ['connection-refused', 'proxy-refused'], async (w) => { const a = await w.as({ tls: tlsOf(w) }); const s = net.createServer(); await new Promise((d) => s.listen(0, '127.0.0.1', d)); const { port } = s.address(); await new Promise((d) => s.close(d)); return at(a, a.jwt(), { profile: { ...trust(w), proxy: `http://127.0.0.1:${port}` } }); });
S('http-moved-to-https', ['http-instead-of-https', 'discovery-issuer-mismatch'], async (w) => {
	const a = await w.as({ tls: tlsOf(w) });
	const plain = await w.serve((q, r) => { r.writeHead(301, { location: a.base + q.url }); r.end(); });
	return at(a, a.jwt(), { profile: { ...trust(w), issuer: plain } });
});
S('ssh-on-the-port', 'not-http', async (w) => { const a = await w.as(); const port = await w.raw((c) => { c.write('SSH-2.0-OpenSSH_9.2p1\r\n'); c.resume(); }); a.metadata.userinfo_endpoint = `http://127.0.0.1:${port}/me`; return at(a, a.opaque()); });

/* found while mending: anybody may introspect, and only with the hint */
S('anybody-introspects-with-the-hint', ['introspect-inactive-unspecified'], async (w) => { const a = await w.as({ introspect: (c) => c.send(200, c.form.get('token_type_hint') ? a.tokens.get(c.form.get('token')) ?? { active: false } : { active: false }) }); return at(a, a.jwt()); }, { undetermined: true });
