/* The fourth round: what works and looks as if it did not, and look-alikes beside it. */
import crypto from 'node:crypto';
import { now, random, key, jws, jwk, b64, defaults } from './world.mjs';
import { S, at, trust, tlsOf } from './situations.mjs';

const user = { sub: 'u-7', name: 'Ada Example', email: 'ada@example.org' };
const good = (c) => c.a.tokens.get(c.bearer ?? '')?.active;
const info = (what, headers = {}, status = 200) => (c) => good(c) ? c.send(status, what, headers) : c.bearer ? c.refuse('invalid_token') : defaults.userinfo(c);
const healthy = (name, make, want = null) => S('healthy-' + name, want, make);
const resource = async (w, a, t, status, body, headers = {}) => (await w.serve((q, r) => {
	const ok = q.headers.authorization === 'Bearer ' + t;
	r.writeHead(ok ? status : 401, ok ? { 'content-type': 'application/json', ...headers } : { 'www-authenticate': 'Bearer' });
	r.end(ok ? body : '');
})) + '/v1/me';
const answers = (name, status, body, headers, want = null) => healthy('api-' + name, async (w) => { const a = await w.as(), t = a.jwt(); return at(a, t, { profile: { resource_url: await resource(w, a, t, status, body, headers) } }); }, want);

/* clocks */
const clock = [null, 'clock-skew-server', 'clock-skew-local'];
healthy('metadata-from-a-cache', async (w) => { const a = await w.as({ discovery: (c) => c.send(200, a.metadata, { date: new Date(Date.now() - 86400000).toUTCString(), age: '86400', 'x-cache': 'Hit from cloudfront' }) }); return at(a, a.jwt()); });
healthy('keys-from-a-cache', async (w) => { const a = await w.as({ jwks: (c) => c.send(200, { keys: a.keys.map(jwk) }, { date: new Date(Date.now() - 7200000).toUTCString(), age: '7200' }) }); return at(a, a.jwt()); });
healthy('no-date', async (w) => { const a = await w.as({ before: (c) => { c.r.sendDate = false; return false; } }); return at(a, a.jwt()); });
healthy('api-of-1970', async (w) => { const a = await w.as(), t = a.jwt(); return at(a, t, { profile: { resource_url: await resource(w, a, t, 200, '{"id":1}', { date: 'Thu, 01 Jan 1970 00:12:40 GMT' }) } }); }, clock);
healthy('api-ten-minutes-ahead', async (w) => { const a = await w.as(), t = a.jwt(); return at(a, t, { profile: { resource_url: await resource(w, a, t, 200, '{"id":1}', { date: new Date(Date.now() + 600000).toUTCString() }) } }); }, clock);
healthy('nbf-within-leeway', async (w) => { const a = await w.as(); return at(a, a.jwt({ nbf: now() + 20, iat: now() })); });
healthy('no-iat', async (w) => { const a = await w.as(); return at(a, a.jwt({ iat: undefined })); });
healthy('lives-thirty-seconds', async (w) => { const a = await w.as(); return at(a, a.jwt({ iat: now() - 5, exp: now() + 25 })); });

/* tokens of well-known issuers */
healthy('keycloak-like', async (w) => { const a = await w.as({ path: '/realms/x' }); return at(a, a.jwt({ typ: 'Bearer', nonce: random(8), auth_time: now() - 700, aud: 'account', session_state: random(8), acr: '1', scope: 'openid email profile' }, { typ: 'JWT' })); });
healthy('cognito-like', async (w) => { const a = await w.as(); return at(a, a.jwt({ aud: undefined, azp: undefined, token_use: 'access', version: 2, 'cognito:groups': ['a'] }, { typ: undefined })); });
healthy('nonce-and-aud-client', async (w) => { const a = await w.as(); return at(a, a.jwt({ aud: 'app', nonce: random(8), scope: undefined, client_id: undefined, azp: undefined, auth_time: now() - 700 }, { typ: 'JWT' })); }, [null, 'id-token-as-access-token']);
healthy('RS512', async (w) => { const a = await w.as({ keys: [key('RS512', 'r5')] }); return at(a, a.jwt()); });
healthy('id-token-by-secret', async (w) => {
	const a = await w.as(), data = b64({ alg: 'HS256', typ: 'JWT' }) + '.' + b64({ iss: a.issuer, sub: 'u-7', aud: ['app', 'other'], azp: 'app', iat: now() - 60, exp: now() + 3000, nonce: 'n' });
	return at(a, a.jwt(), { id: data + '.' + crypto.createHmac('sha256', 's3cret').update(data).digest('base64url') });
});

/* introspection that says little or other things */
healthy('of-another-client-and-audience', async (w) => { const a = await w.as(); return at(a, a.opaque({ client_id: 'spa', aud: ['https://api.example', 'https://b.example'] })); });
healthy('username-without-sub', async (w) => { const a = await w.as({ userinfo: info(user) }); return at(a, a.opaque({ sub: undefined, username: 'ada' })); });
healthy('service-account', async (w) => { const a = await w.as({ userinfo: info({ sub: 'app', preferred_username: 'service-account-app' }) }); return at(a, a.jwt({ sub: 'app', client_id: 'app', scope: 'openid' })); });
healthy('scope-empty', async (w) => { const a = await w.as({ userinfo: info(user) }); return at(a, a.opaque({ scope: '' })); });
healthy('active-as-text', async (w) => { const a = await w.as({ introspect: (c) => c.client() ? c.send(200, a.tokens.has(c.form.get('token')) ? { active: 'true', sub: 'u-7', scope: 'openid' } : { active: 'false' }) : c.send(401, { error: 'invalid_client' }) }); return at(a, a.opaque()); });
healthy('own-credentials-for-introspection', async (w) => { const a = await w.as({ client: { id: 'rs-1', secret: 'rs:secret/+' } }); return at(a, a.jwt({ client_id: 'app', azp: 'app' }), { profile: { introspection_client_id: 'rs-1', introspection_client_secret_file: w.file('rs:secret/+') } }); });
healthy('client-id-is-an-address', async (w) => { const a = await w.as({ client: { id: 'https://app.example/c?x=1', secret: 'p%20+ss: ü' } }); return at(a, a.jwt(), { secret: 'p%20+ss: ü', profile: { client_id: 'https://app.example/c?x=1', client_auth: 'client_secret_basic' } }); });

/* profiles with little in them */
healthy('nothing-but-an-api', async (w) => { const a = await w.as(), t = 'gho_' + random(); return { token: t, secret: null, profile: { issuer: null, resource_url: await resource(w, a, t, 200, '{"login":"ada","id":7}') } }; });
healthy('nothing-but-userinfo', async (w) => { const a = await w.as(); return { token: a.opaque(), secret: null, profile: { issuer: null, userinfo_endpoint: a.base + '/me' } }; });

/* answers that look like trouble */
answers('rate-limit-used-up', 200, '{"id":1}', { 'x-ratelimit-remaining': '0', 'retry-after': '60' });
answers('errors-empty', 200, '{"data":{"me":{"id":1}},"errors":[]}', {});
answers('error-null', 200, '{"id":1,"error":null,"message":"ok"}', {});
answers('about-expired-things', 200, '{"items":[{"state":"token expired","error":"invalid_token"}],"total":1}', {});
answers('csv', 200, 'id,name\n1,Ada\n', { 'content-type': 'text/csv' });
answers('pong', 200, 'pong', { 'content-type': 'text/plain' });
answers('image', 200, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), { 'content-type': 'image/png' });
answers('206', 206, '{"id":1', { 'content-range': 'bytes 0-6/9' });
answers('negotiate-too', 200, '{"id":1}', { 'www-authenticate': 'Negotiate oYG2MIGzoAMKAQ' });
answers('array', 200, '[{"id":1},{"id":2}]', {});
healthy('userinfo-error-null', async (w) => { const a = await w.as({ userinfo: info({ ...user, error: null }) }); return at(a, a.jwt()); });
healthy('userinfo-blanks-first', async (w) => { const a = await w.as({ userinfo: info(Buffer.from(' '.repeat(4000) + '\r\n' + JSON.stringify(user) + '\n\n')) }); return at(a, a.jwt()); });
healthy('userinfo-900-kilobytes', async (w) => { const a = await w.as({ userinfo: info({ ...user, groups: Array.from({ length: 16000 }, (_, i) => 'CN=Team-' + i + ',OU=Groups,DC=corp,DC=example,DC=org') }) }); return at(a, a.jwt()); });
healthy('userinfo-many-scripts', async (w) => { const a = await w.as({ userinfo: info({ ...user, name: '\u05d0\u05d3\u05d4 \u202e 艾达 👩‍💻', address: { formatted: 'a\nb' } }) }); return at(a, a.jwt()); });
healthy('behind-cloudflare', async (w) => { const a = await w.as({ userinfo: info(user, { server: 'cloudflare', 'cf-ray': '8a1b2c3d4e5f6a7b-FRA' }) }); return at(a, a.jwt()); });

/* their look-alikes */
const edge = { server: 'cloudflare', 'cf-ray': '8a1b2c3d4e5f6a7b-FRA' };
S('expired-behind-cloudflare', 'token-expired', async (w) => { const a = await w.as({ userinfo: (c) => c.send(401, { error: 'invalid_token', error_description: 'The access token expired' }, edge) }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 })); });
S('scope-behind-cloudflare', 'insufficient-scope', async (w) => { const a = await w.as(); const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization ? 403 : 401, { ...edge, 'content-type': 'application/json' }); r.end('{"error":"insufficient_scope","scope":"things:write"}'); }); return at(a, a.jwt(), { profile: { resource_url: rs + '/t' } }); });
S('empty-403-without-openid', 'userinfo-missing-openid-scope', async (w) => { const a = await w.as({ userinfo: (c) => c.send(c.bearer && a.tokens.has(c.bearer) ? 403 : 401, undefined, { server: 'Kestrel' }) }); return at(a, a.jwt({ scope: 'api1' })); });
S('introspection-flaps', ['replication-delay'], async (w) => { let n = 0; const a = await w.as({ introspect: (c) => !c.client() ? c.send(401, { error: 'invalid_client' }) : c.send(200, a.tokens.has(c.form.get('token')) && n++ > 0 ? a.tokens.get(c.form.get('token')) : { active: false }) }); return at(a, a.opaque({ iat: now() - 1200 })); }, { undetermined: true });
S('introspection-false-userinfo-true', ['introspect-inactive-unspecified', 'introspection-cache-stale', 'revoked-jwt-still-accepted'], async (w) => { const a = await w.as({ userinfo: (c) => c.bearer ? c.send(200, user) : defaults.userinfo(c) }); const t = a.jwt(); a.tokens.get(t).active = false; return at(a, t); }, { undetermined: true });
S('userinfo-single-quotes', 'body-not-json', async (w) => { const a = await w.as({ userinfo: (c) => good(c) ? c.send(200, "{'sub': 'u-7', 'name': None}", { 'content-type': 'application/json' }) : c.refuse('invalid_token') }); return at(a, a.jwt()); });
S('both-expired-and-no-openid', 'token-expired', async (w) => { const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token') : defaults.userinfo(c) }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600, scope: 'profile' })); });
S('expired-and-of-another-issuer', ['wrong-tenant-or-realm', 'issuer-mismatch-hostname', 'token-expired', 'jwks-unknown-kid'], async (w) => { const a = await w.as(), b = await w.as({ keys: [key('RS256', 'other')] }); return at(a, b.jwt({ iat: now() - 7200, exp: now() - 3600 })); });
S('bound-and-expired', 'token-expired', async (w) => { const a = await w.as({ userinfo: (c) => c.send(401, undefined, { 'www-authenticate': 'DPoP error="invalid_token", error_description="expired", algs="ES256"' }) }); return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600, cnf: { jkt: random(32) } })); });
