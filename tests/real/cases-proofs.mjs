// The cases of `check` in which the client proves more than a secret, against
// oidc-provider: signed assertions, certificates, DPoP.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPairWorks, ok, problem, refreshArgs, TOKENS_OUT } from './expect.mjs';
import { dpopKey, dpopProof, mintByCode, writeSecret } from './mint.mjs';

const pem = (w, name) => readFileSync(join(w.certs.dir, name));
const cert = (w, name) => ({ client_cert_file: join(w.certs.dir, `${name}.pem`),
	client_key_file: join(w.certs.dir, `${name}.key`) });
let files = 0;
const keyFile = (w, text) => writeSecret(w.dir, `key-${++files}`, text);

// The last user-information query got what it asked for, the way it should.
const userinfoCame = (how = () => []) => ({ report }) => {
	const all = report.exchanges.filter((x) => x.purpose === 'userinfo');
	const last = all.at(-1);
	return { errors: [...(last?.response?.status === 200 ? [] : ['no user information at the end']),
		...(last ? how(last, all, report) : [])] };
};
const header = (x, name) => x.request.headers.find((h) => h.name.toLowerCase() === name)?.value ?? '';
const byDpop = (x) => (header(x, 'authorization').startsWith('DPoP ') && header(x, 'dpop') ? []
	: ['it was not asked with DPoP']);
const byMethod = (method) => (last, all, report) => {
	const x = report.exchanges.find((e) => e.purpose === 'introspection');
	return x?.request.client_auth === method ? [] : [`introspection was asked by ${x?.request.client_auth}`];
};

async function byAssertion(w, id, change, how) {
	const server = w.oidc;
	const client = server.clients[id];
	return { server, client, tokens: await mintByCode(server, client, { ca: w.ca }), change: change(client),
		expect: ok([null]), after: userinfoCame(how) };
}

// What the metadata and what is at hand give: no client_auth.
const chosen = { client_auth: undefined };

// At the address where the server asks for a certificate.
function atMtls(server) {
	const there = (url) => url.replace(server.issuer, server.mtls);
	return { authorization_endpoint: there(server.authorization_endpoint),
		token_endpoint: there(server.token_endpoint) };
}

async function byCertificate(w, id, own, change) {
	const server = w.oidc;
	const client = server.clients[id];
	const tls = { ca: w.ca, cert: pem(w, `${own}.pem`), key: pem(w, `${own}.key`) };
	return { server, client, tokens: await mintByCode(atMtls(server), client, { ca: tls }),
		change: { ...cert(w, own), ...change }, expect: ok([null]) };
}

async function bound(w, { id = 'app-dpop', change = {}, key = dpopKey() } = {}) {
	const server = w.oidc;
	const client = server.clients[id];
	const headers = { DPoP: dpopProof('POST', server.token_endpoint, key) };
	return { server, client, tokens: await mintByCode(server, client, { ca: w.ca, headers }),
		change: { dpop_key_file: keyFile(w, key), ...change }, expect: ok([null]), after: userinfoCame(byDpop) };
}

// The new tokens are kept; that they work is shown by the report's own last query.
const newTokensKept = (how) => async (c) => {
	const out = JSON.parse(readFileSync(TOKENS_OUT(c.dir), 'utf8'));
	return { ...userinfoCame(how)(c), secrets: [out.access_token, out.refresh_token].filter(Boolean) };
};

export const proofCases = {
	'active, assertion by an EC key in PEM': (w) => byAssertion(w, 'app-key',
		(c) => ({ ...chosen, client_key_file: keyFile(w, c.key) }), byMethod('private_key_jwt')),
	'active, assertion by an RSA key in a JWK file, audience the token endpoint': (w) => byAssertion(w, 'app-rsa',
		(c) => ({ client_assertion_key_file: keyFile(w, JSON.stringify(c.jwk)), client_assertion_alg: 'PS256',
			client_assertion_audience: 'token_endpoint' }), byMethod('private_key_jwt')),
	'active, assertion by an Ed25519 key, audience the endpoint asked': (w) => byAssertion(w, 'app-ed',
		(c) => ({ ...chosen, client_assertion_key_file: keyFile(w, c.key), client_assertion_kid: 'client-ed',
			client_assertion_audience: 'endpoint' }), byMethod('private_key_jwt')),
	'active, assertion by the secret': (w) => byAssertion(w, 'app-secret-jwt', () => ({}),
		byMethod('client_secret_jwt')),
	'refreshed by assertions': async (w) => {
		const c = await byAssertion(w, 'app-key', (client) => ({ ...chosen, client_key_file: keyFile(w, client.key) }));
		return { ...c, args: refreshArgs, expect: { state: 'ok' }, after: newPairWorks(c.server, c.client, c.tokens) };
	},
	'assertion by another key': async (w) => ({
		...await byAssertion(w, 'app-key', () => ({ client_key_file: keyFile(w, dpopKey()) })), after: undefined,
		expect: { state: ['problem', 'undetermined'], primary: 'client-proof-refused',
			never: ['client-secret-wrong', 'client-credentials-encoding'] } }),
	'assertion for a name the server does not know, probed': async (w) => ({
		...await byAssertion(w, 'app-key', (c) => ({ client_key_file: keyFile(w, c.key),
			client_assertion_audience: 'urn:another:server' })), after: undefined,
		args: () => ['--probes', 'all'], expect: problem('client-assertion-audience') }),
	'active, certificate of an authority': async (w) => ({
		...await byCertificate(w, 'app-tls', 'client'), after: userinfoCame(byMethod('tls_client_auth')) }),
	'active, certificate that signed itself': async (w) => ({
		...await byCertificate(w, 'app-self', 'self'),
		after: userinfoCame(byMethod('self_signed_tls_client_auth')) }),
	'certificate-bound token with its certificate': async (w) => ({
		...await byCertificate(w, 'app-mtls', 'client'), after: userinfoCame(byMethod('client_secret_basic')) }),
	'certificate-bound token with another certificate': async (w) => ({
		...await byCertificate(w, 'app-mtls', 'client', cert(w, 'self')), expect: problem('mtls-bound-without-cert') }),
	'refreshed by a certificate': async (w) => ({
		...await byCertificate(w, 'app-self', 'self'), args: refreshArgs, expect: { state: 'ok' },
		after: newTokensKept() }),
	'DPoP token with its key': (w) => bound(w),
	'DPoP token with its key, nonces wanted': async (w) => {
		const c = await bound(w);
		return { ...c, change: { ...c.change, issuer: w.oidc.nonces },
			after: userinfoCame((x, all) => [...byDpop(x),
				...(all.length === 2 && all[0].response.status === 401 ? [] : [`${all.length} queries, not 2`])]) };
	},
	'DPoP token with another key': async (w) => ({
		...await bound(w, { change: { dpop_key_file: keyFile(w, dpopKey()) } }), after: undefined,
		expect: problem('dpop-bound-sent-as-bearer') }),
	'DPoP token refreshed by its key, nonces wanted': async (w) => {
		const c = await bound(w, { change: { issuer: w.oidc.nonces } });
		return { ...c, args: refreshArgs, expect: { state: 'ok' }, after: newTokensKept(byDpop) };
	},
	'DPoP token of a public client refreshed by its key': async (w) => ({
		...await bound(w, { id: 'app-public-dpop' }), args: refreshArgs, expect: { state: 'ok' },
		after: newTokensKept(byDpop) }),
	// the client is confidential: its refresh token is not bound, and a key made for the session does
	'DPoP token without its key, refreshed to a new one': async (w) => {
		const c = await bound(w, { change: { dpop_key_file: undefined, dpop: true } });
		return { ...c, args: refreshArgs, expect: { state: 'ok' }, after: newTokensKept(byDpop) };
	},
};
