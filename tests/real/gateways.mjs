// A real server behind a fault proxy of its own: the server knows the proxy's
// address as its issuer, as one that is told its outside name does.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FaultProxy } from './fault-proxy.mjs';
import { openForwardProxy } from './forward-proxy.mjs';
import { Client } from './http.mjs';
import { mintByCode, mintByPassword } from './mint.mjs';

const PATHS = {
	'oidc-provider': { introspection: '/token/introspection', userinfo: '/me', token: '/token',
		revocation: '/token/revocation', jwks: '/jwks', authorization: '/auth' },
	glewlwyd: { introspection: '/introspect', userinfo: '/userinfo', token: '/token', revocation: '/revoke',
		jwks: '/jwks', authorization: '/auth' },
};

// An address on loopback where nothing listens: bound once, so that it was free.
export function closedPort() {
	return new Promise((done) => {
		const s = createServer().listen(0, '127.0.0.1', () => {
			const { port } = s.address();
			s.close(() => done(port));
		});
	});
}

let admin;		// of glewlwyd, logged in once
async function addPlugin({ api, username, password, plugin }, name, issuer, ca) {
	const http = new Client({ ca });
	admin ??= http.request(`${api}/auth/`, { json: { username, password } }).then(() => http);
	const res = await (await admin).request(`${api}/mod/plugin/`, { json: { ...plugin, name, display_name: name,
		parameters: { ...plugin.parameters, iss: issuer } } });
	if (res.status !== 200)
		throw new Error(`glewlwyd: no plugin for ${issuer}: ${res.status} ${res.body.slice(0, 200)}`);
}

const endpoints = (issuer, paths) => ({ issuer, ...Object.fromEntries(
	Object.entries(paths).map(([name, path]) => [`${name}_endpoint`, issuer + path])) });

// kind: which server; tls: {cert, …} of the proxy; plain: no TLS; forward: the mode of a company's proxy on
// this side of it.  The server as it is seen through the proxy and by itself, and a client of it.
export async function openGateway(w, kind, { client: id = 'app-basic', tls = {}, plain, h2, forward } = {}) {
	const glewlwyd = kind === 'glewlwyd';
	const upstream = new URL(glewlwyd ? w.glewlwyd.issuer : w.oidc.issuer).origin;
	const base = glewlwyd ? `/api/f${randomBytes(6).toString('hex')}` : '';
	const paths = Object.fromEntries(Object.entries(PATHS[kind]).map(([name, path]) => [name, base + path]));
	const { cert = 'good', ...more } = tls;
	const pem = (name) => readFileSync(join(w.certs.dir, name));
	const proxy = await new FaultProxy({ upstream, paths, ca: w.ca, h2, rewrites: glewlwyd,
		tls: plain ? undefined : { key: pem('server.key'), cert: pem(`${cert}.pem`), ...more } }).listen();
	let way;
	const close = async () => {
		await way?.close();
		await proxy.close();
	};
	try {
		if (forward)
			way = await openForwardProxy(forward, { key: pem('server.key'), cert: pem('inspected.pem') });
		const server = { ...endpoints(proxy.origin + base, PATHS[kind]), upstream };
		if (glewlwyd)
			await addPlugin(w.glewlwyd.admin, base.slice('/api/'.length), server.issuer, w.ca);
		return { server, direct: endpoints(upstream + base, PATHS[kind]), proxy, forward: way?.url, close,
			client: (glewlwyd ? w.glewlwyd : w.oidc).clients[id] };
	} catch (err) {
		await close();
		throw err;
	}
}

// Fresh tokens of the gateway's server.  direct: from the server itself, as nothing gets through.
export async function gatewayTokens(w, kind, gate, { direct } = {}) {
	const from = direct ? gate.direct : gate.server;
	const tokens = kind === 'glewlwyd' ? await mintByPassword(from, gate.client, { user: w.glewlwyd.user, ca: w.ca })
		: await mintByCode(from, gate.client, { ca: w.ca });
	if (direct)
		delete tokens.id_token;		// of the server's own address
	return tokens;
}
