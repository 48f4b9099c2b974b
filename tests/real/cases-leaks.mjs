// On the wire: no credential goes to a host that neither the profile nor the
// metadata of its own, matching issuer names.  A server of the case's own leads
// the program to a second one, which writes down all that comes to it.
import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { TOKENS_OUT } from './expect.mjs';
import { dpopKey, writeSecret } from './mint.mjs';

const API_KEY = 'an-api-key-of-the-profile-4711';

// answer(req) → [status, headers, body]; asks for a certificate, and takes any or none.
async function listen(w, answer) {
	const pem = (name) => readFileSync(join(w.certs.dir, name));
	const seen = [];
	const server = https.createServer({ key: pem('server.key'), cert: pem('good.pem'), requestCert: true,
		rejectUnauthorized: false }, async (req, res) => {
		const parts = [];
		for await (const part of req)
			parts.push(part);
		seen.push({ method: req.method, path: req.url, headers: req.headers, body: Buffer.concat(parts).toString(),
			certificate: Boolean(req.socket.getPeerCertificate()?.raw) });
		const [status, headers, body] = answer(req);
		res.writeHead(status, { 'content-type': 'application/json', ...headers });
		res.end(JSON.stringify(body ?? {}));
	});
	server.on('tlsClientError', () => {});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return { seen, url: `https://127.0.0.1:${server.address().port}`, close: () => {
		server.closeAllConnections();
		return new Promise((done) => server.close(done));
	} };
}

const metadata = (issuer, at) => ({ issuer, token_endpoint: `${at}/token`, introspection_endpoint: `${at}/introspect`,
	userinfo_endpoint: `${at}/me`, revocation_endpoint: `${at}/revoke`, jwks_uri: `${at}/jwks`,
	mtls_endpoint_aliases: { token_endpoint: `${at}/mtls/token`, introspection_endpoint: `${at}/mtls/introspect`,
		userinfo_endpoint: `${at}/mtls/me` } });

const discovery = (req) => req.url.includes('/.well-known/');

// How the own server leads away: what it answers, and what the profile says of it.
const lures = {
	'redirects': { answer: (own, evil) => (req) => (discovery(req) ? [200, {}, metadata(own.url, own.url)]
		: [307, { location: `${evil.url}${req.url}` }]) },
	'metadata of another issuer': { answer: (own, evil) => (req) => (discovery(req)
		? [200, {}, metadata(evil.url, evil.url)] : [401, {}, { error: 'invalid_token' }]),
	change: (own) => ({ introspection_endpoint: `${own.url}/introspect`, userinfo_endpoint: `${own.url}/me` }) },
	'the issuer in the token': { answer: () => () => [401, {}, { error: 'invalid_token' }],
		change: (own) => ({ issuer: undefined, introspection_endpoint: `${own.url}/introspect`,
			userinfo_endpoint: `${own.url}/me`, token_endpoint: `${own.url}/token` }) },
};

// How the client authenticates, and how its requests at the own server show that it does.
const ways = {
	'secret': { change: () => ({ client_auth: 'client_secret_basic' }),
		shows: (x) => x.headers.authorization?.startsWith('Basic ') },
	'assertion': { change: (w, key) => ({ client_auth: 'private_key_jwt', client_key_file: key }),
		shows: (x) => x.body.includes('client_assertion=eyJ') },
	'certificate': { change: (w) => ({ client_auth: 'self_signed_tls_client_auth',
		client_key_file: join(w.certs.dir, 'self.key'), client_cert_file: join(w.certs.dir, 'self.pem') }),
	shows: (x) => x.certificate && x.body.includes('client_id=') },
	'DPoP': { change: (w, key) => ({ client_auth: 'client_secret_basic', dpop: true, dpop_key_file: key }),
		shows: (x) => x.headers.authorization?.startsWith('DPoP ') && x.headers.dpop },
};

// A token of the other server's, bound to the key; nobody looks at its signature.
function token(issuer, key) {
	const { kty, crv, x, y } = createPublicKey(createPrivateKey(key)).export({ format: 'jwk' });
	const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
	const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
	const now = Math.floor(Date.now() / 1000);
	return [part({ alg: 'RS256', kid: 'k', jku: `${issuer}/jwks` }), part({ iss: issuer, sub: 'user-1',
		aud: `${issuer}/me`, exp: now + 600, iat: now, scope: 'openid', cnf: { jkt } }),
	randomBytes(256).toString('base64url')].join('.');
}

function carried(x, secrets) {
	const text = JSON.stringify(x);
	const what = [...['authorization', 'dpop', 'x-api-key', 'cookie'].filter((h) => x.headers[h]),
		...(x.certificate ? ['the certificate'] : []),
		...(/client_(assertion|secret)|(^|[&"])(access_|refresh_)?token=/.test(x.body) ? ['a credential in the form'] : []),
		...(secrets.some((s) => text.includes(s)) ? ['a secret'] : [])];
	return what.map((one) => `${x.method} ${x.path}: ${one} went to the other host`);
}

async function leadAway(w, lure, way) {
	const key = dpopKey();
	const file = writeSecret(w.dir, `leak-key-${randomBytes(4).toString('hex')}`, key);
	const client = { id: 'app', secret: randomBytes(24).toString('base64url') };
	const evil = await listen(w, (req) => (discovery(req) ? [200, {}, metadata(evil.url, evil.url)]
		: [200, {}, { active: true, sub: 'user-1', access_token: 'taken' }]));
	const own = await listen(w, (req) => lure.answer(own, evil)(req));
	const tokens = { access_token: token(evil.url, key), refresh_token: randomBytes(24).toString('base64url') };
	const secrets = [client.secret, tokens.access_token, tokens.refresh_token, API_KEY];
	return { server: { issuer: own.url }, client, tokens, secrets: [API_KEY],
		args: (dir) => ['--probes', 'all', '--refresh', '--revoke', '--tokens-out', TOKENS_OUT(dir),
			'--header', `X-Api-Key: ${API_KEY}`],
		change: { ...way.change(w, file), ...lure.change?.(own) },
		expect: { state: ['problem', 'undetermined'] },
		after: () => ({ errors: [...evil.seen.flatMap((x) => carried(x, secrets)),
			...(own.seen.length > 0 ? [] : ['the own server was asked nothing']),
			...(own.seen.some((x) => way.shows(x) && x.headers['x-api-key'] === API_KEY && carried(x, secrets).length > 0)
				? [] : ['the own server saw no credential: the case shows nothing'])] }),
		close: async () => {
			await own.close();
			await evil.close();
		} };
}

export const leakCases = Object.entries(lures).flatMap(([lured, lure]) => Object.entries(ways).map(([name, way]) =>
	({ name: `credentials stay at home: ${lured}, ${name}`, make: (w) => leadAway(w, lure, way) })));
