// oidc-server.mjs --certs DIR [--minutes N]: node's oidc-provider over HTTPS on
// loopback, ports from the system.  Prints one JSON line when it is ready, with
// the addresses, the clients and their secrets (made anew each time).  Ends when
// standard input closes, or after N minutes.
import { randomBytes, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Adapter } from './adapter.mjs';
import { load } from './deps.mjs';
import { portForLater } from './ports.mjs';

const { values: opt } = parseArgs({ options: {
	certs: { type: 'string' },
	minutes: { type: 'string', default: '30' },
} });
if (!opt.certs) {
	console.error('usage: oidc-server.mjs --certs DIR [--minutes N]');
	process.exit(2);
}
console.info = console.warn = console.log = console.error;	// stdout is for the ready line

const RESOURCE = { jwt: 'urn:api:jwt', opaque: 'urn:api:opaque' };
const secret = () => randomBytes(24).toString('base64url');
const pem = (name) => readFileSync(join(opt.certs, name));

function listen(cert, more = {}) {
	const server = https.createServer({ key: pem('server.key'), cert: pem(`${cert}.pem`), ...more });
	return new Promise((resolve, reject) => {
		server.on('error', reject);
		server.on('tlsClientError', () => {});
		server.listen(0, '127.0.0.1', () =>
			resolve({ server, url: `https://127.0.0.1:${server.address().port}` }));
	});
}

// A client's key pair: what the server registers, and what the client is told.
function keyPair(type, options, alg, kid) {
	const { privateKey } = generateKeyPairSync(type, options);
	const jwk = { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
	const { d, p, q, dp, dq, qi, ...publicJwk } = jwk;
	return { jwk, publicJwk, pem: privateKey.export({ format: 'pem', type: 'pkcs8' }), alg };
}

const KEYS = {
	'app-key': keyPair('ec', { namedCurve: 'P-256' }, 'ES256', 'client-key'),
	'app-rsa': keyPair('rsa', { modulusLength: 2048 }, 'PS256', 'client-rsa'),
	'app-ed': keyPair('ed25519', {}, 'EdDSA', 'client-ed'),
};

// The key of a certificate, as a client registers one that signed itself (RFC 8705 §2.2.2).
function certificateJwk(name) {
	const cert = new X509Certificate(pem(name));
	return { ...cert.publicKey.export({ format: 'jwk' }), x5c: [cert.raw.toString('base64')] };
}

function clientTable(port) {
	const redirect_uris = ['http://127.0.0.1/callback'];
	const grant_types = ['authorization_code', 'refresh_token',
		'urn:ietf:params:oauth:grant-type:device_code'];
	const common = { redirect_uris, grant_types, response_types: ['code'], application_type: 'native' };
	const byKey = Object.entries(KEYS).map(([client_id, { publicJwk }]) =>
		({ client_id, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } }));
	const all = [
		{ client_id: 'app-basic', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic',
			grant_types: [...grant_types, 'client_credentials'] },
		{ client_id: 'app-post', client_secret: secret(), token_endpoint_auth_method: 'client_secret_post' },
		{ client_id: 'app-public', token_endpoint_auth_method: 'none' },
		{ client_id: 'app-reserved', client_secret: `p+q/r%25s:t&u=v@w#x!${secret()}`,
			token_endpoint_auth_method: 'client_secret_basic' },
		{ client_id: 'app-short', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic' },
		{ client_id: 'app-dpop', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic',
			dpop_bound_access_tokens: true },
		{ client_id: 'app-public-dpop', token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true },
		...byKey,
		{ client_id: 'app-secret-jwt', client_secret: secret(), token_endpoint_auth_method: 'client_secret_jwt' },
		{ client_id: 'app-tls', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=app-mtls',
			tls_client_certificate_bound_access_tokens: true },
		{ client_id: 'app-self', token_endpoint_auth_method: 'self_signed_tls_client_auth',
			jwks: { keys: [certificateJwk('self.pem')] }, tls_client_certificate_bound_access_tokens: true },
		{ client_id: 'app-mtls', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic',
			tls_client_certificate_bound_access_tokens: true },
		{ client_id: 'app-signed', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic',
			userinfo_signed_response_alg: 'RS256' },
		// the server shows every native client's user a page, whatever prompt says
		{ client_id: 'app-web', client_secret: secret(), token_endpoint_auth_method: 'client_secret_basic',
			application_type: 'web', redirect_uris: [`http://127.0.0.1:${port}/callback`] },
	];
	return {
		registered: all.map((c) => ({ ...common, ...c })),
		told: Object.fromEntries(all.map((c) => [c.client_id, {
			id: c.client_id, secret: c.client_secret, auth: c.token_endpoint_auth_method,
			redirect_uri: c.redirect_uris?.[0],
			key: KEYS[c.client_id]?.pem, jwk: KEYS[c.client_id]?.jwk, alg: KEYS[c.client_id]?.alg,
		}])),
	};
}

function signingKey() {
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	return { ...privateKey.export({ format: 'jwk' }), kid: 'rs-1', use: 'sig', alg: 'RS256' };
}

// app-short's first access tokens last two seconds, refreshed ones as long as all.
function lifetime(ctx, client) {
	return client.clientId === 'app-short' && ctx.oidc.params?.grant_type !== 'refresh_token' ? 2 : 600;
}

function resourceInfo(ctx, indicator, client) {
	const life = lifetime(ctx, client);
	if (indicator === RESOURCE.opaque)
		return { scope: 'api:read', audience: indicator, accessTokenTTL: life, accessTokenFormat: 'opaque' };
	return { scope: 'api:read openid', audience: indicator, accessTokenTTL: life, accessTokenFormat: 'jwt',
		jwt: { sign: { alg: 'RS256' } } };
}

const certificateOf = (ctx) => {
	const raw = ctx.socket.getPeerCertificate?.()?.raw;
	return raw ? new X509Certificate(raw) : undefined;
};

// nonces: the host where a DPoP proof must have one; mtls: where a certificate is asked for.
function configuration(clients, nonces, mtls) {
	return {
		adapter: Adapter,
		clients,
		jwks: { keys: [signingKey()] },
		cookies: { keys: [secret()] },
		scopes: ['openid', 'offline_access', 'profile', 'email', 'api:read'],
		claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
		clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt',
			'private_key_jwt', 'none', 'tls_client_auth', 'self_signed_tls_client_auth'],
		discovery: { mtls_endpoint_aliases: { token_endpoint: `${mtls}/token`, userinfo_endpoint: `${mtls}/me`,
			introspection_endpoint: `${mtls}/token/introspection`,
			revocation_endpoint: `${mtls}/token/revocation` } },
		features: {
			devInteractions: { enabled: true },
			introspection: { enabled: true },
			revocation: { enabled: true },
			userinfo: { enabled: true },
			deviceFlow: { enabled: true },
			pushedAuthorizationRequests: { enabled: true },
			clientCredentials: { enabled: true },
			jwtIntrospection: { enabled: true },
			jwtUserinfo: { enabled: true },
			dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: (ctx) => ctx.host === nonces },
			mTLS: { enabled: true, certificateBoundAccessTokens: true, tlsClientAuth: true,
				selfSignedTlsClientAuth: true, getCertificate: certificateOf,
				certificateAuthorized: (ctx) => ctx.socket.authorized,
				certificateSubjectMatches: (ctx, property, expected) =>
					certificateOf(ctx).subject === expected },
			resourceIndicators: { enabled: true, getResourceServerInfo: resourceInfo,
				defaultResource: () => undefined, useGrantedResource: () => false },
		},
		pkce: { methods: ['S256'], required: () => false },
		rotateRefreshToken: true,
		issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
		expiresWithSession: () => false,
		ttl: {
			AccessToken: (ctx, token, client) =>
				token.resourceServer?.accessTokenTTL ?? lifetime(ctx, client),
			ClientCredentials: 600, IdToken: 3600, RefreshToken: 86400, AuthorizationCode: 60,
			Grant: 86400, Session: 86400, Interaction: 600, DeviceCode: 600,
		},
		findAccount: (ctx, id) => ({ accountId: id,
			claims: () => ({ sub: id, name: 'Test User', email: `${id}@example.invalid`, email_verified: true }) }),
	};
}

const Provider = await load('oidc-provider');
const { registered, told } = clientTable(await portForLater());
const good = await listen('good');
const other = {};
for (const name of ['expired', 'other-host', 'not-yet'])
	other[name] = await listen(name);
other.mtls = await listen('good', { requestCert: true, rejectUnauthorized: false, ca: pem('ca.pem') });
// issuers of their own
const nonces = await listen('good');
const pushes = await listen('good');

const shared = configuration(registered, new URL(nonces.url).host, other.mtls.url);
const own = [good, ...Object.values(other)].map((l) => new URL(l.url).host);
const providers = new Map();

// The same, where an authorization request must be pushed first (RFC 9126 §5).
const pushed = { ...shared, features: { ...shared.features,
	pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } } };

// Behind a proxy that passes Host on, the server is the issuer of that address,
// with the same keys, clients and tokens.
function providerFor(host) {
	const issuer = !host || own.includes(host) ? good.url : `https://${host}`;
	if (!providers.has(issuer)) {
		const provider = new Provider(issuer, issuer === pushes.url ? pushed : shared);
		provider.on('server_error', (ctx, err) => console.error('server_error', err));
		providers.set(issuer, provider.callback());
	}
	return providers.get(issuer);
}

for (const l of [good, nonces, pushes, ...Object.values(other)])
	l.server.on('request', (req, res) => providerFor(req.headers.host)(req, res));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
setTimeout(() => process.exit(3), Number(opt.minutes) * 60000);

process.stdout.write(JSON.stringify({
	kind: 'oidc-provider', issuer: good.url, clients: told, resource: RESOURCE,
	broken: { expired: other.expired.url, otherHost: other['other-host'].url, notYet: other['not-yet'].url },
	mtls: other.mtls.url, nonces: nonces.url, pushes: pushes.url,
	authorization_endpoint: `${good.url}/auth`, token_endpoint: `${good.url}/token`,
	introspection_endpoint: `${good.url}/token/introspection`,
	revocation_endpoint: `${good.url}/token/revocation`, userinfo_endpoint: `${good.url}/me`,
}) + '\n');
