/*
 * What was invented to be asked: servers as the specifications allow them, as products document them, and as gateways
 * spoil them.  want: the cause with every probe (several: any of them; null: healthy, and no error at all); safe: other
 * causes that the safe probes may name.  Undetermined is always allowed with the safe ones, except for what is healthy.
 */
import crypto from 'node:crypto';
import zlib from 'node:zlib';
import net from 'node:net';
import { now, b64, random, key, jwk, jws, jwe, thumbprint, verifies, x5t, defaults } from './world.mjs';

export const situations = [];
export const S = (name, want, make, more = {}) => situations.push({ name, want, make, ...more });
export const at = (a, token, more = {}) => ({ issuer: a.issuer, token, ...more });
export const tlsOf = (w, name, o) => w.certs.chain(w.certs.leaf(name, o));
export const trust = (w) => ({ ca_file: w.certs.ca.file });

/* --- healthy: no error may be found --- */

for (const alg of ['PS256', 'EdDSA', 'ES384'])
	S(`healthy-${alg}`, null, async (w) => { const a = await w.as({ keys: [key(alg, 'k-' + alg)] }); return at(a, a.jwt(), { id: a.idToken() }); });

S('healthy-no-kid-one-key', null, async (w) => { const a = await w.as({ keys: [key('ES256')] }); return at(a, a.jwt()); });

S('healthy-no-kid-second-key', null, async (w) => {
	const signer = key('RS256');
	const a = await w.as({ keys: [key('RS256', 'a'), key('ES256', 'b'), { ...signer, kid: 'c' }] });
	return at(a, a.jwt({}, {}, signer));
});

S('healthy-jku-rotation-two-keys', null, async (w) => {
	const old = key('RS256', '2026-10'), fresh = key('RS256', '2026-11');
	const a = await w.as({ keys: [fresh, old] });
	return at(a, a.jwt({}, {}, old));
});

S('healthy-opaque-with-dots', null, async (w) => { const a = await w.as(); return at(a, a.opaque({}, `v2.local.${random(60)}`)); });
S('healthy-opaque-b64-chars', null, async (w) => { const a = await w.as(); return at(a, a.opaque({}, '-1/ab+cd~ef.gh_' + random(12) + '==')); });
S('healthy-opaque-no-exp', null, async (w) => { const a = await w.as(); return at(a, a.opaque({ exp: undefined, iat: undefined })); });
S('healthy-jwe', null, async (w) => {
	const a = await w.as(), k = key('RS256');
	return at(a, a.opaque({}, jwe(k.public, a.jwt(), { cty: 'JWT' })));
});

S('healthy-userinfo-signed', null, async (w) => {
	const a = await w.as({ keys: [key('ES256', 'e')], userinfo: (c) => c.send(200, jws(a.keys[0], { iss: a.issuer, aud: 'app', sub: 'u-7', name: 'Ada', email: 'a@example.org' }, { typ: undefined }), { 'content-type': 'application/jwt' }) });
	return at(a, a.jwt());
});

S('healthy-userinfo-encrypted', [null, 'userinfo-signed-jwt'], async (w) => {
	const mine = key('RS256');
	const a = await w.as({ userinfo: (c) => c.send(200, jwe(mine.public, JSON.stringify({ sub: 'u-7', name: 'Ada' })), { 'content-type': 'application/jwt' }) });
	return at(a, a.jwt());
});

S('healthy-introspection-jwt-only', null, async (w) => {
	const a = await w.as({
		introspect(c) {
			if (!c.client())
				return c.send(401, { error: 'invalid_client' });
			const t = a.tokens.get(c.form.get('token'));
			c.send(200, jws(a.keys[0], { iss: a.issuer, aud: 'app', iat: now(), token_introspection: t?.active ? t : { active: false } }, { typ: 'token-introspection+jwt' }), { 'content-type': 'application/token-introspection+jwt' });
		},
	});
	return at(a, a.jwt());
});

S('healthy-introspection-jwt-if-asked', null, async (w) => {
	const a = await w.as({
		introspect(c) {
			if (!/application\/token-introspection\+jwt/.test(c.q.headers.accept ?? ''))
				return defaults.introspect(c);
			const t = a.tokens.get(c.form.get('token'));
			c.send(200, jws(a.keys[0], { iss: a.issuer, aud: 'app', iat: now(), token_introspection: t?.active ? t : { active: false } }, { typ: 'token-introspection+jwt' }), { 'content-type': 'application/token-introspection+jwt' });
		},
	});
	return at(a, a.opaque());
});

const assertion = (w, k, o = {}) => ({
	client: (c) => {
		const t = c.form.get('client_assertion');
		if (!t || c.form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
			return false;
		const p = JSON.parse(Buffer.from(t.split('.')[1], 'base64url'));
		const auds = [p.aud].flat();
		return verifies(k.public, k.alg, t) && p.iss === 'app' && p.sub === 'app' && p.exp > now() && p.jti && auds.some((x) => (o.aud ? o.aud(c) : [c.a.issuer, c.a.metadata.token_endpoint]).includes(x));
	},
	file: () => w.file(k.private.export({ type: 'pkcs8', format: 'pem' })),
});

S('healthy-private-key-jwt-only', null, async (w) => {
	const k = key('ES256', 'mine'), auth = assertion(w, k);
	const a = await w.as({
		doc: (d) => ({ ...d, token_endpoint_auth_methods_supported: ['private_key_jwt'], introspection_endpoint_auth_methods_supported: ['private_key_jwt'], revocation_endpoint_auth_methods_supported: ['private_key_jwt'], token_endpoint_auth_signing_alg_values_supported: ['ES256'] }),
		introspect(c) {
			if (!auth.client(c))
				return c.send(401, { error: 'invalid_client' });
			c.send(200, a.tokens.get(c.form.get('token')) ?? { active: false });
		},
	});
	return at(a, a.jwt(), { secret: null, profile: { client_id: 'app', client_auth: 'private_key_jwt', client_assertion_key_file: auth.file() } });
});

S('assertion-audience-endpoint-only', 'client-assertion-audience', async (w) => {
	const k = key('RS256', 'mine'), auth = assertion(w, k, { aud: (c) => [c.a.metadata.introspection_endpoint] });
	const a = await w.as({
		introspect(c) {
			if (!auth.client(c))
				return c.send(401, { error: 'invalid_client', error_description: 'Client assertion audience is not this endpoint' });
			c.send(200, a.tokens.get(c.form.get('token')) ?? { active: false });
		},
	});
	return at(a, a.jwt(), { secret: null, profile: { client_id: 'app', client_auth: 'private_key_jwt', client_assertion_key_file: auth.file() } });
});

S('healthy-no-introspection', [null, 'introspection-unsupported'], async (w) => {
	const a = await w.as({ doc: (d) => { delete d.introspection_endpoint; delete d.introspection_endpoint_auth_methods_supported; }, introspect: (c) => c.send(404, 'Not Found') });
	return at(a, a.jwt());
});

S('healthy-tenant-template', [null, 'discovery-issuer-mismatch'], async (w) => {
	const a = await w.as({ path: '/common/v2.0', doc: (d, a) => ({ ...d, issuer: a.base + '/{tenantid}/v2.0' }) });
	return at(a, a.jwt({ iss: `${a.base}/8c2f1a34-0000-4d5e-9f00-aa11bb22cc33/v2.0`, tid: '8c2f1a34-0000-4d5e-9f00-aa11bb22cc33' }));
});

S('healthy-aud-array', null, async (w) => { const a = await w.as(); return at(a, a.jwt({ aud: ['https://api.example/', 'app', 'https://other.example'] }), { profile: { audience: 'https://api.example/' } }); });
S('healthy-issuer-with-slash', null, async (w) => { const a = await w.as({ slash: '/', discoveryAt: '/.well-known/openid-configuration' }); return at(a, a.jwt()); });

S('healthy-coded-three-ways', null, async (w) => {
	const coded = (c, how, what) => {
		if (!new RegExp(how).test(c.q.headers['accept-encoding'] ?? ''))
			return c.send(200, what);
		const pack = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync }[how];
		c.send(200, pack(JSON.stringify(what)), { 'content-encoding': how, vary: 'accept-encoding' });
	};
	const a = await w.as({ discovery: (c) => coded(c, 'br', a.metadata), introspect: (c) => coded(c, 'gzip', a.tokens.get(c.form.get('token')) ?? { active: false }), userinfo: (c) => coded(c, 'deflate', { sub: 'u-7', name: 'Ada', email: 'a@example.org' }) });
	return at(a, a.jwt());
});

S('healthy-chunked-trailers', null, async (w) => {
	const slow = (c, what) => {
		c.r.writeHead(200, { 'content-type': 'application/json', trailer: 'X-Checksum' });
		for (const b of JSON.stringify(what))
			c.r.write(b);
		c.r.addTrailers({ 'x-checksum': 'abc' });
		c.r.end();
	};
	const a = await w.as({ introspect: (c) => slow(c, a.tokens.get(c.form.get('token')) ?? { active: false }), userinfo: (c) => slow(c, { sub: 'u-7', name: 'Ada', email: 'a@example.org' }) });
	return at(a, a.jwt());
});

S('healthy-http10-no-length', null, async (w) => {
	const a = await w.as();
	const port = await w.raw((c) => c.once('data', (d) => {
		const ok = /authorization: bearer/i.test(d.toString());
		c.end(ok ? 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"sub":"u-7","name":"Ada","email":"a@example.org"}' : 'HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n\r\n');
	}));
	a.metadata.userinfo_endpoint = `http://127.0.0.1:${port}/me`;
	return at(a, a.jwt());
});

S('healthy-ipv6', null, async (w) => { const a = await w.as({ host: '::1' }); return at(a, a.jwt()); });
S('healthy-slow-first-byte', null, async (w) => {
	const a = await w.as({ userinfo: (c) => setTimeout(() => defaults.userinfo(c), 2500) });
	return at(a, a.jwt());
});

S('userinfo-post-only', ['wrong-http-method', null], async (w) => {
	const a = await w.as({ userinfo: (c) => c.q.method === 'POST' ? defaults.userinfo(c) : c.send(405, { error: 'method_not_allowed' }, { allow: 'POST, OPTIONS' }) });
	return at(a, a.jwt());
});

S('healthy-odd-header-case', null, async (w) => {
	const a = await w.as({ userinfo: (c) => { c.r.writeHead(200, { 'CONTENT-TYPE': 'Application/JSON;Charset="UTF-8"', 'cOnNeCtIoN': 'Close' }); c.r.end(JSON.stringify({ sub: 'u-7', name: 'Ada', email: 'a@example.org' })); } });
	return at(a, a.opaque({ token_type: 'bearer' }));
});

S('healthy-bom', null, async (w) => {
	const a = await w.as({ userinfo: (c) => c.send(200, Buffer.from('\ufeff{"sub":"u-7","name":"Ada","email":"a@example.org"}'), { 'content-type': 'application/json; charset=utf-8' }) });
	return at(a, a.jwt());
});

S('healthy-refresh-keeps-old', [null, 'refresh-response-omits-refresh-token'], async (w) => {
	const a = await w.as({ token: (c) => c.send(200, { access_token: a.opaque({ iat: now() }), token_type: 'BEARER', expires_in: '3600' }) });
	return at(a, a.jwt(), { refresh: a.refreshToken(), args: ['--refresh'] });
});

S('healthy-refresh-rotates', null, async (w) => { const a = await w.as(); return at(a, a.jwt(), { refresh: a.refreshToken(), args: ['--refresh'] }); });

function dpopProof(c, o) {
	const proof = c.q.headers.dpop, scheme = /^DPoP /i.test(c.auth ?? '');
	if (!proof || (o.token && !scheme))
		return 'missing';
	const [h, p] = proof.split('.').slice(0, 2).map((x) => JSON.parse(Buffer.from(x, 'base64url')));
	const pub = crypto.createPublicKey({ key: h.jwk, format: 'jwk' });
	if (h.typ !== 'dpop+jwt' || !verifies(pub, h.alg, proof) || p.htm !== c.q.method || p.htu !== c.a.base + c.path || Math.abs(p.iat - now()) > 300)
		return 'invalid';
	if (o.token && p.ath !== crypto.createHash('sha256').update(c.bearer).digest('base64url'))
		return 'invalid';
	if (o.jkt && thumbprint(h.jwk) !== o.jkt)
		return 'other';
	return o.nonce && p.nonce !== o.nonce() ? 'nonce' : 'good';
}

export const dpopWorld = async (w, o = {}) => {
	const mine = key('ES256');
	const jkt = thumbprint(jwk(mine));
	const a = await w.as({
		doc: (d) => ({ ...d, dpop_signing_alg_values_supported: ['ES256'] }),
		userinfo(c) {
			const how = dpopProof(c, { token: true, jkt, nonce: o.nonce });
			if (!c.bearer)
				return c.send(401, undefined, { 'www-authenticate': 'DPoP algs="ES256"' });
			if (how === 'nonce')
				return c.send(401, undefined, { 'www-authenticate': 'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"', 'dpop-nonce': o.nonce() });
			if (how !== 'good' || !a.tokens.get(c.bearer)?.active)
				return c.send(401, undefined, { 'www-authenticate': `DPoP error="${how === 'invalid' ? 'invalid_dpop_proof' : 'invalid_token'}", algs="ES256"` });
			c.send(200, { sub: 'u-7', name: 'Ada', email: 'a@example.org' });
		},
	});
	return { a, mine, file: w.file(mine.private.export({ type: 'pkcs8', format: 'pem' })), token: a.jwt({ cnf: { jkt } }) };
};

S('healthy-dpop-nonce', [null, 'dpop-nonce-required'], async (w) => {
	const n = random(9);
	const { a, file, token } = await dpopWorld(w, { nonce: () => n });
	a.tokens.get(token).token_type = 'DPoP';
	return at(a, token, { profile: { dpop: true, dpop_key_file: file } });
});

S('dpop-sent-as-bearer', 'dpop-bound-sent-as-bearer', async (w) => { const { a, token } = await dpopWorld(w); return at(a, token); });

S('dpop-other-key', ['dpop-bound-sent-as-bearer', 'dpop-proof-invalid'], async (w) => {
	const { a, token } = await dpopWorld(w), other = key('ES256');
	return at(a, token, { profile: { dpop: true, dpop_key_file: w.file(other.private.export({ type: 'pkcs8', format: 'pem' })) } });
});

S('dpop-nonce-always-new', 'dpop-nonce-required', async (w) => {
	const { a, file, token } = await dpopWorld(w, { nonce: () => random(9) });
	return at(a, token, { profile: { dpop: true, dpop_key_file: file } });
});

export const mtls = (w) => ({ ...tlsOf(w), ca: [w.certs.ca.cert, w.certs.sub.cert], requestCert: true, rejectUnauthorized: false });
const mtlsWorld = async (w, bound) => {
	const a = await w.as({
		tls: mtls(w),
		userinfo(c) {
			const peer = c.q.socket.getPeerCertificate(true)?.raw;
			const t = a.tokens.get(c.bearer ?? '');
			if (!c.bearer)
				return defaults.userinfo(c);
			if (!peer || !t || crypto.createHash('sha256').update(peer).digest('base64url') !== t.cnf['x5t#S256'])
				return c.refuse('invalid_token', 'Certificate confirmation failed');
			defaults.userinfo(c);
		},
	});
	return { a, token: a.jwt({ cnf: { 'x5t#S256': x5t(bound.cert) } }) };
};

S('healthy-mtls-bound', null, async (w) => {
	const mine = w.certs.leaf('client');
	const { a, token } = await mtlsWorld(w, mine);
	return at(a, token, { profile: { ...trust(w), client_cert_file: mine.file, client_key_file: mine.keyFile } });
});

S('mtls-bound-to-another', 'mtls-bound-without-cert', async (w) => {
	const mine = w.certs.leaf('client'), other = w.certs.leaf('client-old');
	const { a, token } = await mtlsWorld(w, other);
	return at(a, token, { profile: { ...trust(w), client_cert_file: mine.file, client_key_file: mine.keyFile } });
});

S('mtls-bound-no-cert', 'mtls-bound-without-cert', async (w) => {
	const { a, token } = await mtlsWorld(w, w.certs.leaf('client-old'));
	return at(a, token, { profile: trust(w) });
});

S('healthy-scope-array', [null, 'scope-not-string'], async (w) => { const a = await w.as(); return at(a, a.opaque({ scope: ['openid', 'profile', 'email'] })); });
S('healthy-scope-commas', [null, 'scope-not-string'], async (w) => { const a = await w.as(); return at(a, a.opaque({ scope: 'openid,profile,email' })); });
S('healthy-exp-string', [null, 'timestamp-type-wrong'], async (w) => { const a = await w.as(); return at(a, a.opaque({ exp: String(now() + 3000), iat: String(now() - 600) })); });
S('healthy-exp-float', null, async (w) => { const a = await w.as(); return at(a, a.jwt({ exp: now() + 3000.25, iat: now() - 600.75 })); });
S('healthy-iat-ahead-3min', [null, 'clock-skew-local', 'clock-skew-server', 'token-not-yet-valid'], async (w) => { const a = await w.as({ dateShift: 180 }); return at(a, a.jwt({ iat: now() + 175, exp: now() + 3780 })); });
S('clock-of-client-2h-ahead', 'clock-skew-local', async (w) => {
	const a = await w.as({ dateShift: -7200 });
	const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization ? 200 : 401, { date: new Date(Date.now() - 7200000).toUTCString(), 'content-type': 'application/json' }); r.end('{"id":1}'); });
	return at(a, a.jwt({ iat: now() - 7800, exp: now() - 7200 + 3000, scope: 'openid' }), { profile: { resource_url: rs + '/me' } });
});

S('healthy-oauth-metadata-only', null, async (w) => { const a = await w.as({ discoveryAt: '/.well-known/oauth-authorization-server' }); return at(a, a.jwt()); });
S('healthy-oauth-metadata-inserted', null, async (w) => { const a = await w.as({ path: '/tenant1', discoveryAt: '/.well-known/oauth-authorization-server/tenant1' }); return at(a, a.jwt()); });
S('healthy-discovery-redirected', null, async (w) => {
	const a = await w.as({ before: (c) => c.path === '/.well-known/openid-configuration' && !c.url.search ? c.send(307, undefined, { location: '/.well-known/openid-configuration?v=2' }) : false });
	return at(a, a.jwt());
});

S('healthy-client-credentials-api', null, async (w) => {
	const a = await w.as();
	const t = a.jwt({ sub: 'app', scope: 'read:things', aud: 'https://things.example' });
	const rs = await w.serve((q, r) => { const ok = q.headers.authorization === 'Bearer ' + t; r.writeHead(ok ? 200 : 401, { 'content-type': 'application/json', ...(ok ? {} : { 'www-authenticate': 'Bearer' }) }); r.end(ok ? '{"things":[]}' : ''); });
	return at(a, t, { profile: { resource_url: rs + '/things', audience: 'https://things.example' } });
});

S('healthy-api-204', null, async (w) => {
	const a = await w.as(), t = a.jwt({ aud: ['https://things.example'] });
	const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization === 'Bearer ' + t ? 204 : 401); r.end(); });
	return at(a, t, { profile: { resource_url: rs + '/ping' } });
});

S('healthy-406-unless-jwt', [null, 'userinfo-signed-jwt'], async (w) => {
	const a = await w.as({
		userinfo(c) {
			if (!/application\/jwt|\*\/\*/.test(c.q.headers.accept ?? '*/*'))
				return c.send(406);
			c.send(200, jws(a.keys[0], { iss: a.issuer, aud: 'app', sub: 'u-7', name: 'Ada', email: 'a@example.org' }, { typ: 'JWT' }), { 'content-type': 'application/jwt' });
		},
	});
	return at(a, a.jwt());
});

S('healthy-sni', null, async (w) => {
	const tls = await import('node:tls');
	const other = w.certs.chain(w.certs.leaf('default-host', { san: 'DNS:default.example' })), right = w.certs.chain(w.certs.leaf('named-host', { san: 'DNS:idp.example' }));
	const a = await w.as({ tls: { ...other, SNICallback: (n, done) => done(null, tls.createSecureContext(n === 'idp.example' ? right : other)) }, name: 'idp.example' });
	return at(a, a.jwt(), { profile: { ...trust(w), resolve: [`idp.example:${new URL(a.base).port}:127.0.0.1`] } });
});

S('healthy-tls13-only', null, async (w) => { const a = await w.as({ tls: { ...tlsOf(w), minVersion: 'TLSv1.3' } }); return at(a, a.jwt(), { profile: trust(w) }); });

S('healthy-through-proxy', null, async (w) => {
	const a = await w.as({ tls: tlsOf(w) });
	const port = await w.raw((c) => c.once('data', (d) => {
		const [, h, p] = /^CONNECT ([\d.]+):(\d+)/.exec(d.toString()) ?? [];
		if (!h) return c.end('HTTP/1.1 400 Bad Request\r\n\r\n');
		const up = net.connect(p, h, () => { c.write('HTTP/1.1 200 Connection established\r\n\r\n'); up.pipe(c); c.pipe(up); });
		up.on('error', () => c.destroy()); c.on('close', () => up.destroy());
	}));
	return at(a, a.jwt(), { profile: { ...trust(w), proxy: `http://127.0.0.1:${port}` } });
});

S('healthy-jwks-down', [null, 'jwks-unreachable', 'server-error-5xx'], async (w) => { const a = await w.as({ jwks: (c) => c.html(500, '<h1>Internal Server Error</h1>') }); return at(a, a.jwt()); });
S('healthy-scope-without-openid-api', null, async (w) => {
	const a = await w.as(), t = a.opaque({ scope: 'contacts.read' });
	const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization === 'Bearer ' + t ? 200 : 401, { 'content-type': 'application/json' }); r.end('[{"id":1}]'); });
	return at(a, t, { profile: { resource_url: rs + '/v1/contacts' } });
});

/* --- times --- */

S('active-true-though-expired', 'token-expired', async (w) => {
	const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token') : defaults.userinfo(c) });
	return at(a, a.opaque({ active: true, iat: now() - 7200, exp: now() - 3600 }));
});

S('expired-in-milliseconds', 'token-expired', async (w) => {
	const a = await w.as({ userinfo: (c) => c.refuse('invalid_token') });
	return at(a, a.opaque({ active: true, iat: (now() - 7200) * 1000, exp: (now() - 3600) * 1000 }));
});

S('nbf-in-ten-minutes', 'token-not-yet-valid', async (w) => {
	const a = await w.as(), t = a.jwt({ nbf: now() + 600, iat: now() - 5 });
	a.tokens.get(t).active = false;
	return at(a, t);
});

S('expired-jwe-by-introspection', 'token-expired', async (w) => {
	const a = await w.as({ userinfo: (c) => c.refuse('invalid_token', 'The token expired') });
	return at(a, a.opaque({ active: true, exp: now() - 900, iat: now() - 4500 }, jwe(key('RS256').public, 'x')));
});

S('api-clock-behind', 'clock-skew-server', async (w) => {
	const a = await w.as(), t = a.jwt({ iat: now() - 20, nbf: now() - 20 });
	const rs = await w.serve((q, r) => { r.writeHead(401, { date: new Date(Date.now() - 600000).toUTCString(), 'www-authenticate': 'Bearer error="invalid_token", error_description="Token used before issued"' }); r.end(); });
	return at(a, t, { profile: { resource_url: rs + '/me' } });
});

S('userinfo-ignores-expiry', ['userinfo-skips-expiry', 'token-expired'], async (w) => {
	const a = await w.as({ userinfo: (c) => c.send(200, { sub: 'u-7', name: 'Ada', email: 'a@example.org' }) });
	return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }));
});

S('opaque-expired-by-words', 'token-expired', async (w) => {
	const a = await w.as({ doc: (d) => { delete d.introspection_endpoint; }, introspect: (c) => c.send(404), userinfo: (c) => c.bearer ? c.refuse('invalid_token', 'Token is expired. You can either do re-authorization or token refresh.') : defaults.userinfo(c) });
	return at(a, random());
});

S('slack-expired', 'token-expired', async (w) => {
	const a = await w.as({ introspect: (c) => c.send(404), doc: (d) => { delete d.introspection_endpoint; }, userinfo: (c) => c.send(200, { ok: false, error: c.bearer ? 'token_expired' : 'not_authed' }) });
	return at(a, 'xoxe.xoxp-1-' + random());
});

/* --- signature and issuer --- */

S('staging-token-at-prod', ['wrong-tenant-or-realm', 'issuer-mismatch-hostname', 'jwks-unknown-kid'], async (w) => {
	const prod = await w.as(), staging = await w.as({ keys: [key('RS256', 'stg-1')] });
	return at(prod, staging.jwt());
});

S('issuer-slash-in-metadata', ['discovery-issuer-mismatch', null], async (w) => {
	const a = await w.as({ doc: (d) => ({ ...d, issuer: d.issuer + '/' }) });
	return at(a, a.jwt({ iss: a.issuer + '/' }));
});

S('kid-retired', 'jwks-unknown-kid', async (w) => {
	const old = key('RS256', '2025-old'), a = await w.as(), t = a.jwt({}, {}, old);
	a.tokens.get(t).active = false;
	return at(a, t);
});

S('alg-none', 'alg-mismatch', async (w) => {
	const a = await w.as();
	return at(a, b64({ alg: 'none', typ: 'at+jwt' }) + '.' + b64({ iss: a.issuer, sub: 'u-7', aud: 'app', scope: 'openid', iat: now() - 60, exp: now() + 3000 }) + '.');
});

S('alg-hs256-with-public-key', ['alg-mismatch', 'signature-invalid'], async (w) => {
	const a = await w.as();
	const data = b64({ alg: 'HS256', typ: 'JWT', kid: 'k1' }) + '.' + b64({ iss: a.issuer, sub: 'u-7', aud: 'app', scope: 'openid', iat: now() - 60, exp: now() + 3000 });
	const mac = crypto.createHmac('sha256', a.keys[0].public.export({ type: 'spki', format: 'pem' })).update(data).digest('base64url');
	return at(a, data + '.' + mac);
});

S('signature-flipped', 'signature-invalid', async (w) => {
	const a = await w.as(), t = a.jwt();
	const i = t.lastIndexOf('.') + 40;
	return at(a, t.slice(0, i) + (t[i] === 'A' ? 'B' : 'A') + t.slice(i + 1));
});

S('userinfo-signed-by-stranger', 'signed-response-invalid', async (w) => {
	const other = key('RS256', 'k1');
	const a = await w.as({ userinfo: (c) => c.send(200, jws(other, { iss: a.issuer, aud: 'app', sub: 'u-7', name: 'Ada' }, { typ: 'JWT' }), { 'content-type': 'application/jwt' }) });
	return at(a, a.jwt());
});

S('introspection-jwt-for-another', 'signed-response-invalid', async (w) => {
	const a = await w.as({ introspect: (c) => c.send(200, jws(a.keys[0], { iss: a.issuer, aud: 'https://other-rs.example', iat: now(), token_introspection: a.tokens.get(c.form.get('token')) ?? { active: false } }, { typ: 'token-introspection+jwt' }), { 'content-type': 'application/token-introspection+jwt' }) });
	return at(a, a.jwt());
});

S('id-token-other-sub', 'userinfo-sub-mismatch', async (w) => { const a = await w.as(); return at(a, a.jwt(), { id: a.idToken({ sub: 'u-8' }) }); });

S('discovery-of-another', ['discovery-issuer-mismatch'], async (w) => { const a = await w.as({ doc: (d) => ({ ...d, issuer: 'https://login.elsewhere.example' }) }); return at(a, a.jwt()); });
S('discovery-names-http', 'discovery-unsafe-url', async (w) => {
	const a = await w.as({ tls: tlsOf(w), doc: (d) => ({ ...d, userinfo_endpoint: d.userinfo_endpoint.replace('https', 'http'), introspection_endpoint: d.introspection_endpoint.replace('https', 'http') }) });
	return at(a, a.jwt(), { profile: trust(w) });
});

/* --- scope, audience, step-up, who --- */

S('no-openid-403', 'userinfo-missing-openid-scope', async (w) => {
	const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('insufficient_scope', undefined, 403, ', scope="openid"') : defaults.userinfo(c) });
	return at(a, a.opaque({ scope: 'profile email' }));
});

S('no-openid-bare-401', 'userinfo-missing-openid-scope', async (w) => {
	const a = await w.as({ userinfo: (c) => c.send(401, undefined, { 'www-authenticate': c.bearer ? 'Bearer error="invalid_token"' : 'Bearer' }) });
	return at(a, a.jwt({ scope: 'profile email' }));
});

S('api-wants-other-scope', 'insufficient-scope', async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization ? 403 : 401, { 'www-authenticate': q.headers.authorization ? 'Bearer error="insufficient_scope", scope="things:read things:write"' : 'Bearer' }); r.end(); });
	return at(a, a.jwt({ scope: 'openid things:read' }), { profile: { resource_url: rs + '/things' } });
});

S('aud-lacks-api', 'wrong-audience', async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }); r.end(); });
	return at(a, a.jwt({ aud: ['https://one.example', 'https://two.example'] }), { profile: { resource_url: rs + '/me', audience: 'https://api.example' } });
});

S('step-up', 'step-up-required', async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="urn:mace:incommon:iap:silver", max_age="300"' }); r.end(); });
	return at(a, a.jwt({ acr: '1', auth_time: now() - 4000 }), { profile: { resource_url: rs + '/pay' } });
});

S('nobody-behind-the-token', 'no-end-user-in-token', async (w) => {
	const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token') : defaults.userinfo(c) });
	return at(a, a.opaque({ sub: 'app', scope: 'openid' }));
});

S('opaque-at-jwt-api', 'opaque-vs-jwt-confusion', async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer error="invalid_token", error_description="JWT must have 3 parts"' }); r.end('{"message":"jwt malformed"}'); });
	return at(a, a.opaque(), { profile: { resource_url: rs + '/me' } });
});

S('user-disabled', 'user-disabled-or-deleted', async (w) => {
	const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token', 'User disabled') : defaults.userinfo(c) });
	const t = a.jwt(); a.tokens.get(t).active = false;
	return at(a, t);
});

S('revoked-by-words', 'token-revoked', async (w) => {
	const a = await w.as({ userinfo: (c) => c.bearer ? c.refuse('invalid_token', 'The access token was revoked') : defaults.userinfo(c) });
	const t = a.jwt(); a.tokens.get(t).active = false;
	return at(a, t);
});

/* --- another thing in place of the token, or written wrongly --- */

S('id-token-sent', 'id-token-as-access-token', async (w) => { const a = await w.as(); return at(a, a.idToken()); });
S('refresh-token-sent', 'refresh-token-as-access-token', async (w) => {
	const a = await w.as({ userinfo: (c) => c.refuse('invalid_token') });
	return at(a, a.opaque({ token_type: 'refresh_token', exp: now() + 86400 * 30 }));
});
S('code-sent', ['token-rejected-unspecified', 'introspect-inactive-unspecified', 'token-malformed'], async (w) => { const a = await w.as(); return at(a, 'SplxlOBeZQQYbYS6WxSbIA'); });
S('token-in-quotes', 'token-quoted-or-json-wrapped', async (w) => { const a = await w.as(); return at(a, `"${a.jwt()}"`); });
S('token-with-scheme', 'token-bearer-prefix', async (w) => { const a = await w.as(); return at(a, `Bearer ${a.jwt()}`); });
S('token-broken-by-newline', 'token-whitespace-or-control', async (w) => { const a = await w.as(), t = a.jwt(); return at(a, t.slice(0, 76) + '\n' + t.slice(76)); });
S('token-truncated', 'token-truncated', async (w) => { const a = await w.as(); return at(a, a.jwt().slice(0, -90)); });
S('token-encoded-twice', 'token-url-encoded', async (w) => { const a = await w.as(); return at(a, encodeURIComponent(encodeURIComponent(a.opaque({}, 'ab+/' + random(20) + '==')))); });

/* --- the caller of the introspection --- */

S('introspection-401-html', ['html-login-page', 'introspect-resource-credentials-needed', 'client-secret-wrong'], async (w) => {
	const a = await w.as({ introspect: (c) => c.html(401, '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>\r\n', { server: 'nginx/1.25.3', 'www-authenticate': 'Basic realm="Restricted Content"' }) });
	return at(a, a.jwt());
}, { undetermined: true });

S('secret-wrong', 'client-secret-wrong', async (w) => { const a = await w.as(); return at(a, a.jwt(), { secret: 'not-the-one' }); });
S('introspection-only-post', 'client-auth-method-mismatch', async (w) => {
	const a = await w.as({
		doc: (d) => { delete d.introspection_endpoint_auth_methods_supported; delete d.token_endpoint_auth_methods_supported; },
		introspect: (c) => c.form.get('client_secret') === 's3cret' ? c.send(200, a.tokens.get(c.form.get('token')) ?? { active: false }) : c.send(401, { error: 'invalid_client' }),
	});
	return at(a, a.jwt(), { profile: { client_auth: 'client_secret_basic' } });
});
S('basic-taken-raw', 'client-credentials-encoding', async (w) => {
	const a = await w.as({
		introspect(c) {
			const raw = Buffer.from((c.auth ?? '').replace(/^Basic /i, ''), 'base64').toString();
			raw === 'app:p+ss/w%rd=1' ? c.send(200, a.tokens.get(c.form.get('token')) ?? { active: false }) : c.send(401, { error: 'invalid_client' });
		},
	});
	return at(a, a.jwt(), { secret: 'p+ss/w%rd=1', profile: { client_auth: 'client_secret_basic' } });
});
S('public-client-introspects', ['introspect-public-client', 'client-auth-missing', 'introspect-not-permitted'], async (w) => {
	const a = await w.as({ introspect: (c) => c.send(403, { error: 'invalid_request', error_description: 'Client not allowed.' }) });
	return at(a, a.jwt(), { secret: null, profile: { client_id: 'app', client_auth: 'none' } });
});
S('introspects-others-token', ['introspect-foreign-client', 'introspect-audience-missing'], async (w) => {
	const a = await w.as({ introspect: (c) => c.client() ? c.send(200, { active: false }) : c.send(401, { error: 'invalid_client' }) });
	return at(a, a.jwt({ client_id: 'spa', azp: 'spa', aud: ['https://api.example'] }));
});
S('introspection-get-only', ['wrong-endpoint-path', 'wrong-http-method'], async (w) => { const a = await w.as({ introspect: (c) => c.q.method === 'GET' ? c.send(200, { active: true }) : c.send(405, undefined, { allow: 'GET, HEAD' }) }); return at(a, a.jwt()); });
S('introspection-wants-json', 'wrong-content-type', async (w) => { const a = await w.as({ introspect: (c) => c.send(415, { error: 'Unsupported Media Type', expected: 'application/json' }) }); return at(a, a.jwt()); });
S('introspection-404', ['wrong-endpoint-path', 'introspection-unsupported'], async (w) => { const a = await w.as({ introspect: (c) => c.send(404, { error: 'Unable to find matching target resource method' }) }); return at(a, a.jwt()); });
S('active-twice', 'json-duplicate-name', async (w) => {
	const a = await w.as({ introspect: (c) => c.send(200, Buffer.from('{"active":true,"scope":"openid","active":false}')), userinfo: (c) => c.refuse('invalid_token') });
	return at(a, random());
}, { undetermined: true });

/* --- refresh and revocation --- */

const expiredWith = (name, want, answer) => S(name, want, async (w) => {
	const a = await w.as({ token: (c) => answer(c) });
	return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: random(), args: ['--refresh'] });
});
export const grant = (c, d, more = {}) => c.send(400, { error: 'invalid_grant', error_description: d, ...more });
expiredWith('refresh-reused', 'refresh-token-rotated', (c) => grant(c, 'Maximum allowed refresh token reuse exceeded'));
expiredWith('refresh-of-another-client', 'refresh-client-mismatch', (c) => grant(c, 'The refresh token was issued to another client'));
expiredWith('refresh-idle', 'refresh-token-idle-timeout', (c) => grant(c, 'AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-06-01T08:00:00Z and was inactive for 90.00:00:00.', { error_codes: [700082] }));
expiredWith('refresh-absolute', 'refresh-absolute-lifetime', (c) => grant(c, 'AADSTS700084: The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended.', { error_codes: [700084] }));
expiredWith('refresh-session-gone', 'sso-session-ended', (c) => grant(c, 'Session not active'));
expiredWith('refresh-bare-grant', ['refresh-invalid-grant-unspecified', 'token-expired'], (c) => c.send(400, { error: 'invalid_grant' }));
expiredWith('refresh-not-this-client', 'refresh-grant-not-allowed', (c) => c.send(400, { error: 'unauthorized_client', error_description: 'The client is not authorized to use this grant type' }));

S('refresh-narrows', ['userinfo-missing-openid-scope'], async (w) => {
	const a = await w.as({
		token: (c) => c.send(200, { access_token: a.opaque({ scope: 'profile', iat: now() }), token_type: 'Bearer', expires_in: 3600, scope: 'profile', refresh_token: random() }),
		userinfo(c) {
			const t = a.tokens.get(c.bearer ?? '');
			if (!t?.active) return defaults.userinfo(c);
			t.scope.includes('openid') ? defaults.userinfo(c) : c.refuse('insufficient_scope', undefined, 403, ', scope="openid"');
		},
	});
	return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }), { refresh: random(), args: ['--refresh'] });
});

S('revoked-jwt-lives-on', ['revoke-unsupported-token-type', 'revoke-hint-mismatch-noop', 'revoke-other-client-noop'], async (w) => {
	const a = await w.as({ revoke: (c) => c.send(200) });
	return at(a, a.jwt(), { args: ['--revoke'] });
}, { undetermined: true });

S('revoked-jwt-at-api', 'revoked-jwt-still-accepted', async (w) => {
	const a = await w.as(), t = a.jwt();
	const rs = await w.serve((q, r) => { r.writeHead(q.headers.authorization === 'Bearer ' + t ? 200 : 401, { 'content-type': 'application/json' }); r.end('{"id":7}'); });
	return at(a, t, { args: ['--revoke'], profile: { resource_url: rs + '/v1/me' } });
});

/* --- between client and server --- */

S('gateway-drops-authorization', 'authorization-header-stripped', async (w) => {
	const a = await w.as({ userinfo: (c) => c.q.method === 'POST' && c.form.get('access_token') ? defaults.userinfo(c) : c.send(401, undefined, { 'www-authenticate': 'Bearer realm="live"' }) });
	return at(a, a.opaque());
});
const big = (a) => a.jwt({ groups: Array.from({ length: 260 }, (_, i) => `CN=Team-${i},OU=Groups,DC=corp,DC=example`) });
S('gateway-drops-long-headers', ['header-too-large', 'authorization-header-stripped'], async (w) => {
	const a = await w.as({ userinfo: (c) => (c.auth ?? '').length > 8192 ? c.send(401, undefined, { 'www-authenticate': 'Bearer realm="live"' }) : defaults.userinfo(c) });
	return at(a, big(a));
});
S('gateway-400-too-large', 'header-too-large', async (w) => {
	const a = await w.as({ userinfo: (c) => (c.auth ?? '').length > 8192 ? c.html(400, '<html><head><title>400 Request Header Or Cookie Too Large</title></head><body><center><h1>400 Bad Request</h1></center><center>Request Header Or Cookie Too Large</center><hr><center>nginx</center></body></html>') : defaults.userinfo(c) });
	return at(a, big(a));
});
S('gateway-302-to-login', 'html-login-page', async (w) => {
	const a = await w.as({ before: (c) => c.path === '/login' ? c.html(200, '<!DOCTYPE html><html><body><form method="post" action="/login"><input name="user"><input type="password" name="pass"></form></body></html>') : false, userinfo: (c) => c.send(302, undefined, { location: '/login?next=%2Fme' }) });
	return at(a, a.opaque());
});
S('gateway-200-login-when-expired', 'token-expired', async (w) => {
	const a = await w.as({ userinfo: (c) => a.tokens.get(c.bearer ?? '')?.active ? defaults.userinfo(c) : c.html(200, '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method="post"><input type="password"></form></body></html>') });
	return at(a, a.jwt({ iat: now() - 7200, exp: now() - 3600 }));
});
S('gateway-drops-challenge', 'userinfo-missing-openid-scope', async (w) => {
	const a = await w.as({ userinfo: (c) => c.send(401) });
	return at(a, a.opaque({ scope: 'profile' }));
});
const waf = (name, status, headers, page) => S(name, 'waf-block', async (w) => { const a = await w.as({ userinfo: (c) => c.html(status, page, headers) }); return at(a, a.opaque()); });
waf('waf-aws-challenge', 202, { 'x-amzn-waf-action': 'challenge', server: 'CloudFront' }, '<!DOCTYPE html><html><head><script src="https://x.token.awswaf.com/challenge.js"></script></head><body></body></html>');
waf('waf-akamai', 403, { server: 'AkamaiGHost' }, '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;idp&#46;example&#47;me" on this server.<P>Reference&#32;&#35;18&#46;2d351ab8&#46;1557333295&#46;a4e16ab</BODY></HTML>');
waf('waf-f5', 200, {}, '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 4920031245678901234<br></body></html>');
waf('waf-imperva', 403, { 'x-iinfo': '9-1234-0 0NNN RT(1) q(0 -1 -1 0) r(0 -1) B10', 'x-cdn': 'Imperva' }, '<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body><iframe src="/_Incapsula_Resource?CWUDNSAI=9">Request unsuccessful. Incapsula incident ID: 123-456</iframe></body></html>');
S('rate-limit-date', 'rate-limited', async (w) => { const a = await w.as({ userinfo: (c) => c.send(429, { error: 'too_many_requests' }, { 'retry-after': new Date(Date.now() + 90000).toUTCString() }) }); return at(a, a.opaque()); });
S('rate-limit-403', 'rate-limited', async (w) => {
	const a = await w.as();
	const rs = await w.serve((q, r) => { r.writeHead(403, { 'content-type': 'application/json', 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now() + 1200) }); r.end('{"message":"API rate limit exceeded for user ID 7.","documentation_url":"https://docs.example/rate"}'); });
	return at(a, a.opaque(), { profile: { resource_url: rs + '/user' } });
});
S('userinfo-503', 'server-error-5xx', async (w) => { const a = await w.as({ userinfo: (c) => c.html(503, '<h1>503 Service Unavailable</h1>No server is available to handle this request.') }); return at(a, a.opaque()); });
S('userinfo-cut-short', 'response-truncated', async (w) => { const a = await w.as({ userinfo: (c) => { c.r.writeHead(200, { 'content-type': 'application/json', 'content-length': '400' }); c.r.write('{"sub":"u-7",'); setTimeout(() => c.r.destroy(), 50); } }); return at(a, a.opaque()); });
S('userinfo-resets', 'connection-reset', async (w) => { const a = await w.as({ userinfo: (c) => c.q.socket.destroy() }); return at(a, a.opaque()); });
S('userinfo-hangs', 'read-timeout', async (w) => { const a = await w.as({ userinfo: () => {} }); return at(a, a.opaque(), { profile: { timeout: 2 } }); });
S('userinfo-refused', 'connection-refused', async (w) => { const a = await w.as(); const s = net.createServer(); await new Promise((d) => s.listen(0, '127.0.0.1', d)); a.metadata.userinfo_endpoint = `http://127.0.0.1:${s.address().port}/me`; await new Promise((d) => s.close(d)); return at(a, a.opaque()); });
S('userinfo-no-such-name', 'dns-failure', async (w) => { const a = await w.as(); a.metadata.userinfo_endpoint = 'http://api.nowhere.invalid/me'; return at(a, a.opaque()); });
S('userinfo-jsonp', 'body-not-json', async (w) => { const a = await w.as({ userinfo: (c) => c.send(200, 'cb({"sub":"u-7"});', { 'content-type': 'application/javascript' }) }); return at(a, a.opaque()); });
S('userinfo-redirects-away', 'redirect-dropped-authorization', async (w) => {
	const a = await w.as(), b = await w.as();
	a.o.userinfo = (c) => c.send(308, undefined, { location: b.base.replace('127.0.0.1', 'localhost') + '/me' });
	return at(a, a.opaque());
});
S('redirect-loop', 'redirect-loop', async (w) => { const a = await w.as({ userinfo: (c) => c.send(307, undefined, { location: '/me' }) }); return at(a, a.opaque()); });

S('tls-expired', 'tls-expired-cert', async (w) => { const a = await w.as({ tls: w.certs.chain(w.certs.leaf('old', { to: -1 })) }); return at(a, a.jwt(), { profile: trust(w) }); });
S('tls-self-signed', 'tls-unknown-ca', async (w) => { const s = w.certs.issue('alone', { self: true }); const a = await w.as({ tls: { cert: s.cert, key: s.key } }); return at(a, a.jwt(), { profile: trust(w) }); });
S('tls-incomplete', 'tls-unknown-ca', async (w) => { const l = w.certs.leaf(); const a = await w.as({ tls: { cert: l.cert, key: l.key } }); return at(a, a.jwt(), { profile: trust(w) }); });
S('tls-other-name', 'tls-hostname-mismatch', async (w) => { const a = await w.as({ tls: tlsOf(w, 'default-host', { san: 'DNS:default.example' }) }); return at(a, a.jwt(), { profile: trust(w) }); });
S('tls-old-only', 'tls-protocol-or-sni', async (w) => { const a = await w.as({ tls: { ...tlsOf(w), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } }); return at(a, a.jwt(), { profile: trust(w) }); });
S('tls-wants-client-cert', 'tls-client-cert', async (w) => { const a = await w.as({ tls: { ...mtls(w), rejectUnauthorized: true } }); return at(a, a.jwt(), { profile: trust(w) }); });
S('https-on-http-port', ['not-http', 'tls-protocol-or-sni', 'http-instead-of-https'], async (w) => { const a = await w.as(); return at(a, a.jwt(), { profile: { issuer: a.issuer.replace('http:', 'https:') } }); });
S('proxy-wants-credentials', 'proxy-407', async (w) => {
	const a = await w.as({ tls: tlsOf(w) });
	const port = await w.raw((c) => c.once('data', () => c.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n')));
	return at(a, a.jwt(), { profile: { ...trust(w), proxy: `http://127.0.0.1:${port}` } });
});
S('proxy-forbids', 'proxy-refused', async (w) => {
	const a = await w.as({ tls: tlsOf(w) });
	const port = await w.raw((c) => c.once('data', () => c.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<h1>Blocked site</h1>\n')));
	return at(a, a.jwt(), { profile: { ...trust(w), proxy: `http://127.0.0.1:${port}` } });
});

/* --- several servers behind one name --- */

S('first-401-then-200', 'replication-delay', async (w) => {
	const seen = new Map();
	const a = await w.as({
		userinfo(c) {
			const n = (seen.get(c.bearer) ?? 0) + 1;
			seen.set(c.bearer, n);
			c.bearer && n === 1 ? c.refuse('invalid_token') : defaults.userinfo(c);
		},
	});
	return at(a, a.opaque({ iat: now() - 1, exp: now() + 3599 }));
});
S('one-node-knows', 'replication-delay', async (w) => {
	let n = 0;
	const a = await w.as({ userinfo: (c) => c.bearer && n++ % 2 === 0 ? c.refuse('invalid_token') : defaults.userinfo(c) });
	return at(a, a.opaque({ iat: now() - 1200, exp: now() + 2400 }));
}, { undetermined: true });
