/*
 * An authorization server and a resource server that can be bent in any place, on loopback, with real keys.
 * Everything of one situation lives in its own world; what it opened ends with it.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { execFileSync } from 'node:child_process';

export const now = () => Math.floor(Date.now() / 1000);
export const b64 = (x) => Buffer.from(typeof x === 'string' || Buffer.isBuffer(x) ? x : JSON.stringify(x)).toString('base64url');
export const random = (n = 24) => crypto.randomBytes(n).toString('base64url');

/* --- keys and what is made of them --- */

/* RSA keys take their time: a ring of them, far more than the situations that run at once have. */
const ring = [];
let turn = 0;

function rsa() {
	const i = turn++ % 24;
	return (ring[i] ??= crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }));
}

export function key(alg, kid) {
	const made = /^[RP]S/.test(alg) ? rsa()
		: alg === 'EdDSA' ? crypto.generateKeyPairSync('ed25519')
		: crypto.generateKeyPairSync('ec', { namedCurve: { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg] });
	return { alg, kid, private: made.privateKey, public: made.publicKey };
}

export function jwk(k) {
	const j = k.public.export({ format: 'jwk' });
	return { ...j, use: 'sig', alg: k.alg, ...(k.kid ? { kid: k.kid } : {}) };
}

export function thumbprint(j) {
	const keep = { RSA: ['e', 'kty', 'n'], EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'] }[j.kty];
	return crypto.createHash('sha256').update(JSON.stringify(Object.fromEntries(keep.map((n) => [n, j[n]])))).digest('base64url');
}

const rawSign = (k, data) => crypto.sign(k.alg === 'EdDSA' ? null : 'sha' + k.alg.slice(2), Buffer.from(data), {
	key: k.private, dsaEncoding: 'ieee-p1363',
	...(k.alg[0] === 'P' ? { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(k.alg.slice(2)) / 8 } : {}),
});

export function jws(k, claims, header = {}) {
	const data = b64({ alg: k.alg, ...(k.kid ? { kid: k.kid } : {}), typ: 'at+jwt', ...header }) + '.' + b64(claims);
	return data + '.' + b64(rawSign(k, data));
}

export function verifies(pub, alg, compact) {
	const [h, p, s] = compact.split('.');
	return crypto.verify(alg === 'EdDSA' ? null : 'sha' + alg.slice(2), Buffer.from(h + '.' + p), {
		key: pub, dsaEncoding: 'ieee-p1363',
		...(alg[0] === 'P' ? { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}),
	}, Buffer.from(s, 'base64url'));
}

export function jwe(rsaPublic, text, header = {}) {
	const cek = crypto.randomBytes(32), iv = crypto.randomBytes(12);
	const head = b64({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header });
	const wrapped = crypto.publicEncrypt({ key: rsaPublic, oaepHash: 'sha256' }, cek);
	const c = crypto.createCipheriv('aes-256-gcm', cek, iv);
	c.setAAD(Buffer.from(head));
	const body = Buffer.concat([c.update(text), c.final()]);
	return [head, b64(wrapped), b64(iv), b64(body), b64(c.getAuthTag())].join('.');
}

/* --- certificates, by the openssl program, once a run --- */

export class Certificates {
	constructor(dir) {
		this.dir = dir;
		this.made = {};
		this.ca = this.issue('root', { self: true, ca: true });
		this.sub = this.issue('sub', { by: 'root', ca: true });
	}

	run(...args) { execFileSync('openssl', args, { cwd: this.dir, stdio: 'pipe' }); }

	issue(name, { by, self, ca, san = 'IP:127.0.0.1', from, to }) {
		if (this.made[name])
			return this.made[name];
		this.run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=live ${name}`);
		fs.writeFileSync(path.join(this.dir, `${name}.ext`),
			ca ? 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
				: `basicConstraints=CA:FALSE\nsubjectAltName=${san}\nextendedKeyUsage=serverAuth,clientAuth\n`);
		const sign = self ? ['-signkey', `${name}.key`] : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'];
		const days = to !== undefined ? ['-days', String(to)] : ['-days', '30'];
		this.run('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...sign, ...days, '-extfile', `${name}.ext`, '-sha256');
		const read = (f) => fs.readFileSync(path.join(this.dir, f));
		const it = { name, file: path.join(this.dir, `${name}.pem`), keyFile: path.join(this.dir, `${name}.key`), cert: read(`${name}.pem`), key: read(`${name}.key`) };
		return (this.made[name] = it);
	}

	chain(leaf) { return { cert: Buffer.concat([leaf.cert, this.sub.cert]), key: leaf.key }; }
	leaf(name = 'leaf', o = {}) { return this.issue(name, { by: 'sub', ...o }); }
}

export const x5t = (pem) => crypto.createHash('sha256').update(new crypto.X509Certificate(pem).raw).digest('base64url');

/* --- one situation's world --- */

export class World {
	constructor(dir, certs) {
		this.dir = dir;
		this.certs = certs;
		this.servers = [];
		this.files = 0;
		fs.mkdirSync(dir, { recursive: true });
	}

	file(content, mode = 0o600) {
		const f = path.join(this.dir, `f${this.files++}`);
		fs.writeFileSync(f, content, { mode });
		return f;
	}

	/* A bare TCP server: what it answers is bytes. */
	async raw(handle, host = '127.0.0.1') {
		const s = net.createServer((c) => { c.on('error', () => {}); handle(c); });
		return this.listen(s, host);
	}

	async listen(server, host) {
		const open = new Set();
		const track = (c) => { open.add(c); c.on('close', () => open.delete(c)); };
		server.on('connection', track);
		this.servers.push(() => { for (const c of open) c.destroy(); server.close(); });
		await new Promise((done) => server.listen(0, host, done));
		return server.address().port;
	}

	/* handle(request, response, body) answers; tls: options of node's https. */
	async serve(handle, { tls, host = '127.0.0.1', name } = {}) {
		const answer = (q, r) => {
			const parts = [];
			q.on('data', (d) => parts.push(d));
			q.on('end', () => { Promise.resolve(handle(q, r, Buffer.concat(parts).toString())).catch((e) => { console.error(e); r.destroy(); }); });
		};
		const options = { maxHeaderSize: 65536 };
		const s = tls ? https.createServer({ ...tls, ...options }, answer) : http.createServer(options, answer);
		s.on('tlsClientError', () => {});
		const port = await this.listen(s, host);
		return `${tls ? 'https' : 'http'}://${name ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
	}

	/*
	 * The authorization server.  o: path, tls, host, dateShift, keys (the first signs), client (id, secret), endpoints by
	 * name (discovery, jwks, introspect, userinfo, token, revoke) each fn(ctx) or undefined; before(ctx) answers or returns
	 * false; doc(d) changes the metadata.
	 */
	async as(o = {}) {
		const a = { o, tokens: new Map(), refresh: new Map(), seen: [], keys: o.keys ?? [key('RS256', 'k1')], client: o.client ?? { id: 'app', secret: 's3cret' } };
		a.base = await this.serve((q, r, body) => this.dispatch(a, q, r, body), o);
		a.issuer = a.base + (o.path ?? '') + (o.slash ?? '');
		const at = (p) => a.base + (o.path ?? '') + p;
		a.metadata = {
			issuer: a.issuer, authorization_endpoint: at('/authorize'), token_endpoint: at('/token'), userinfo_endpoint: at('/me'),
			introspection_endpoint: at('/introspect'), revocation_endpoint: at('/revoke'), jwks_uri: at('/keys'),
			response_types_supported: ['code'], subject_types_supported: ['public'],
			id_token_signing_alg_values_supported: [a.keys[0].alg], grant_types_supported: ['authorization_code', 'refresh_token'],
			scopes_supported: ['openid', 'profile', 'email', 'offline_access'], code_challenge_methods_supported: ['S256'],
			token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
			introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
			revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
		};
		if (o.doc)
			a.metadata = o.doc(a.metadata, a) ?? a.metadata;
		a.jwt = (claims = {}, header = {}, k = a.keys[0]) => {
			const c = { iss: a.issuer, sub: 'u-7', aud: [a.client.id], azp: a.client.id, client_id: a.client.id, scope: 'openid profile', iat: now() - 600, exp: now() + 3000, jti: random(8), ...claims };
			for (const n of Object.keys(c)) if (c[n] === undefined) delete c[n];
			const t = jws(k, c, header);
			a.tokens.set(t, { active: c.exp === undefined || c.exp > now() + (o.dateShift ?? 0), token_type: 'Bearer', ...c });
			return t;
		};
		a.opaque = (record = {}, value = random()) => {
			const c = { active: true, iss: a.issuer, sub: 'u-7', client_id: a.client.id, scope: 'openid profile', token_type: 'Bearer', iat: now() - 600, exp: now() + 3000, ...record };
			for (const n of Object.keys(c)) if (c[n] === undefined) delete c[n];
			a.tokens.set(value, c);
			return value;
		};
		a.idToken = (claims = {}) => jws(a.keys[0], { iss: a.issuer, sub: 'u-7', aud: a.client.id, iat: now() - 600, exp: now() + 3000, nonce: 'n-0S6', at_hash: random(16), auth_time: now() - 610, ...claims }, { typ: 'JWT' });
		a.refreshToken = (record = {}, value = random()) => { a.refresh.set(value, { sub: 'u-7', scope: 'openid profile', ...record }); return value; };
		return a;
	}

	async dispatch(a, q, r, body) {
		const o = a.o, url = new URL(q.url, 'http://x');
		const c = {
			a, q, r, url, body, form: new URLSearchParams(body), path: url.pathname,
			auth: q.headers.authorization,
			bearer: /^(?:bearer|dpop) +(.*)$/i.exec(q.headers.authorization ?? '')?.[1] ?? (q.method === 'POST' ? new URLSearchParams(body).get('access_token') : null),
			send(status, what, headers = {}) {
				const text = what === undefined ? '' : typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what);
				const type = typeof what === 'string' ? {} : { 'content-type': 'application/json' };
				const date = o.dateShift !== undefined ? { date: new Date(Date.now() + o.dateShift * 1000).toUTCString() } : {};
				r.writeHead(status, { ...type, ...date, 'cache-control': 'no-store', ...headers });
				r.end(text);
			},
			html(status, text, headers = {}) { c.send(status, text, { 'content-type': 'text/html; charset=utf-8', ...headers }); },
			refuse(error, description, status = 401, more = '') {
				c.send(status, { error, ...(description ? { error_description: description } : {}) },
					{ 'www-authenticate': `Bearer realm="live", error="${error}"${description ? `, error_description="${description}"` : ''}${more}` });
			},
			client() {
				const basic = /^Basic (.*)$/i.exec(c.auth ?? '')?.[1];
				if (basic) {
					const [i, s] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s).map((x) => decodeURIComponent(x.replace(/\+/g, ' ')));
					return i === a.client.id && s === a.client.secret;
				}
				return c.form.get('client_id') === a.client.id && c.form.get('client_secret') === a.client.secret;
			},
		};
		a.seen.push({ method: q.method, path: q.url, auth: (c.auth ?? '').split(' ')[0] });
		if (o.before && (await o.before(c)) !== false)
			return;
		const under = o.path ?? '';
		const named = { [under + '/me']: 'userinfo', [under + '/introspect']: 'introspect', [under + '/token']: 'token', [under + '/revoke']: 'revoke', [under + '/keys']: 'jwks' }[c.path]
			?? (c.path === (o.discoveryAt ?? under + '/.well-known/openid-configuration') ? 'discovery' : null);
		if (!named)
			return c.send(404, { error: 'not_found' });
		return (o[named] ?? defaults[named])(c);
	}

	end() { for (const s of this.servers) s(); }
}

export const defaults = {
	discovery: (c) => c.send(200, c.a.metadata),
	jwks: (c) => c.send(200, { keys: c.a.keys.map(jwk) }),
	introspect(c) {
		if (c.q.method !== 'POST')
			return c.send(405, { error: 'method_not_allowed' }, { allow: 'POST' });
		if (!c.client())
			return c.send(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="live"' });
		const t = c.a.tokens.get(c.form.get('token') ?? '');
		c.send(200, t?.active ? t : { active: false });
	},
	userinfo(c) {
		if (!c.bearer)
			return c.send(401, undefined, { 'www-authenticate': 'Bearer realm="live"' });
		const t = c.a.tokens.get(c.bearer);
		if (!t?.active)
			return c.refuse('invalid_token');
		c.send(200, { sub: t.sub, name: 'Ada Example', preferred_username: 'ada', email: 'ada@example.org' });
	},
	token(c) {
		if (!c.client())
			return c.send(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="live"' });
		const r = c.a.refresh.get(c.form.get('refresh_token') ?? '');
		if (c.form.get('grant_type') === 'authorization_code')
			return c.send(400, { error: 'invalid_grant', error_description: 'unknown code' });
		if (c.form.get('grant_type') !== 'refresh_token')
			return c.send(400, { error: 'unsupported_grant_type' });
		if (!r)
			return c.send(400, { error: 'invalid_grant' });
		c.a.refresh.delete(c.form.get('refresh_token'));
		c.send(200, { access_token: c.a.opaque({ iat: now(), exp: now() + 3600 }), token_type: 'Bearer', expires_in: 3600, refresh_token: c.a.refreshToken(r), scope: r.scope });
	},
	revoke(c) {
		if (!c.client())
			return c.send(401, { error: 'invalid_client' });
		const t = c.a.tokens.get(c.form.get('token') ?? '');
		if (t)
			t.active = false;
		c.send(200);
	},
};
