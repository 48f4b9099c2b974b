// Tokens without a human: the authorization code flow walked with a cookie jar,
// and the grants that need no browser.
import { constants, createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes,
	sign } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic, Client, form } from './http.mjs';

export const REDIRECT = 'http://127.0.0.1/callback';
const MAX_STEPS = 12;

const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
const SIGN = {
	ES256: (text, key) => sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }),
	PS256: (text, key) => sign('sha256', text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
	EdDSA: (text, key) => sign(null, text, key),
	HS256: (text, key) => createHmac('sha256', key).update(text).digest(),
};

function jwt(header, claims, key) {
	const text = `${part(header)}.${part(claims)}`;
	return `${text}.${SIGN[header.alg](Buffer.from(text), key).toString('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);
const random = () => randomBytes(12).toString('base64url');

// RFC 7523 §2.2, to this server.
function assertion(client, server) {
	const alg = client.alg ?? 'HS256';
	return { client_id: client.id, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
		client_assertion: jwt({ alg }, { iss: client.id, sub: client.id, aud: server.token_endpoint, jti: random(),
			iat: now(), exp: now() + 60 }, client.alg ? client.key : client.secret) };
}

// What the client adds to a request of its own: {headers, fields}.
export function clientAuth(client, server) {
	switch (client.auth) {
	case 'client_secret_basic':
		return { headers: { authorization: basic(client.id, client.secret) }, fields: {} };
	case 'client_secret_post':
		return { headers: {}, fields: { client_id: client.id, client_secret: client.secret } };
	case 'client_secret_jwt':
	case 'private_key_jwt':
		return { headers: {}, fields: assertion(client, server) };
	default:
		return { headers: {}, fields: { client_id: client.id } };
	}
}

// `ca` everywhere here: the authority in PEM, or {ca, cert, key} for mutual TLS.
const browser = (ca) => new Client(ca?.ca ? ca : { ca });

export async function tokenRequest(server, client, fields, ca, headers = {}) {
	const auth = clientAuth(client, server);
	return browser(ca).post(server.token_endpoint, { ...auth.fields, ...fields },
		{ ...auth.headers, ...headers });
}

export async function tokens(server, client, fields, ca, headers) {
	const res = await tokenRequest(server, client, fields, ca, headers);
	if (res.status !== 200 || !res.json?.access_token)
		throw new Error(`${client.id}: no tokens: ${res.status} ${res.body.slice(0, 300)}`);
	return res.json;
}

// One page of the development interactions: its form, filled in.
function fillIn(page, login) {
	const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
	const prompt = /name="prompt" value="([a-z]+)"/.exec(page)?.[1];
	if (!action || !prompt)
		throw new Error(`no interaction form in: ${page.slice(0, 300)}`);
	return { action: action.replaceAll('&amp;', '&'),
		fields: prompt === 'login' ? { prompt, login, password: 'any' } : { prompt } };
}

async function walk(http, url, login) {
	let res = await http.request(url, { headers: { accept: 'text/html' } });
	for (let i = 0; i < MAX_STEPS; i++) {
		if (res.status >= 300 && res.status < 400) {
			url = new URL(res.headers.location, url).href;
			if (url.startsWith(REDIRECT))
				return new URL(url).searchParams;
			res = await http.request(url, { headers: { accept: 'text/html' } });
		} else if (res.status === 200) {
			const { action, fields } = fillIn(res.body, login);
			url = new URL(action, url).href;
			res = await http.post(url, fields, { accept: 'text/html' });
		} else {
			throw new Error(`authorization: ${res.status} ${res.body.slice(0, 300)}`);
		}
	}
	throw new Error('authorization: too many steps');
}

// The token response of a new login: {access_token, refresh_token, id_token, …}.
export async function mintByCode(server, client, { scope = 'openid profile email', resource,
	login = 'user-1', ca, headers } = {}) {
	const verifier = randomBytes(32).toString('base64url');
	const state = randomBytes(12).toString('base64url');
	const query = { client_id: client.id, response_type: 'code', redirect_uri: REDIRECT, scope, state,
		...(scope.split(' ').includes('openid') && { nonce: randomBytes(12).toString('base64url') }),
		code_challenge_method: 'S256',
		code_challenge: createHash('sha256').update(verifier).digest('base64url'),
		...(resource && { resource }) };
	const back = await walk(browser(ca), `${server.authorization_endpoint}?${form(query)}`, login);
	if (!back.get('code') || back.get('state') !== state)
		throw new Error(`authorization answered ${back}`);
	return tokens(server, client, { grant_type: 'authorization_code', code: back.get('code'),
		redirect_uri: REDIRECT, code_verifier: verifier, ...(resource && { resource }) }, ca, headers);
}

// A DPoP key as a file holds it.
export const dpopKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
	.export({ format: 'pem', type: 'pkcs8' });

// RFC 9449 §4.2: a proof for one token request, with this key or one of its own.
export function dpopProof(method, url, key = dpopKey()) {
	const jwk = createPublicKey(createPrivateKey(key)).export({ format: 'jwk' });
	return jwt({ typ: 'dpop+jwt', alg: 'ES256', jwk }, { jti: random(), htm: method, htu: url, iat: now() }, key);
}

export function mintByPassword(server, client, { scope = 'openid profile', user, ca }) {
	return tokens(server, client, { grant_type: 'password', username: user.name,
		password: user.password, scope }, ca);
}

export function refresh(server, client, refresh_token, ca) {
	return tokenRequest(server, client, { grant_type: 'refresh_token', refresh_token }, ca);
}

export async function revoke(server, client, token, ca) {
	const auth = clientAuth(client, server);
	return browser(ca).post(server.revocation_endpoint, { ...auth.fields, token }, auth.headers);
}

export async function introspect(server, client, token, ca, more = {}) {
	const auth = clientAuth(client, server);
	return browser(ca).post(server.introspection_endpoint,
		{ ...auth.fields, token, ...more }, auth.headers);
}

export function userinfo(server, token, ca, scheme = 'Bearer') {
	return browser(ca).request(server.userinfo_endpoint,
		{ headers: token ? { authorization: `${scheme} ${token}` } : {} });
}

// Writes a value with mode 0600, as the last line of a file of its own.
export function writeSecret(dir, name, value) {
	const file = join(dir, name);
	writeFileSync(file, value, { mode: 0o600 });
	chmodSync(file, 0o600);
	return file;
}

// access, refresh and id as files of DIR; returns {access: path, …}.
export function writeTokens(dir, response) {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const files = {};
	for (const role of ['access', 'refresh', 'id'])
		if (response[`${role}_token`])
			files[role] = writeSecret(dir, `${role}-token`, response[`${role}_token`] + '\n');
	return files;
}
