// The cases of `check` against oidc-provider.  make(w) mints what the case needs
// and returns {server, client, tokens, change, args, expect, after}.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDead, newPairWorks, noticed, ok, problem, refreshArgs, stillLives, UNDECIDED,
	unsettled, warned } from './expect.mjs';
import { closedPort } from './gateways.mjs';
import { proofCases } from './cases-proofs.mjs';
import { dpopProof, mintByCode, refresh, revoke, tokens } from './mint.mjs';
import { untilDead, untilPast } from './world.mjs';

async function base(w, id = 'app-basic', mint = {}) {
	const server = w.oidc;
	const client = server.clients[id];
	return { server, client, tokens: await mintByCode(server, client, { ca: w.ca, ...mint }) };
}

async function spoiled(w, spoil, expect) {
	const c = await base(w);
	const good = c.tokens.access_token;
	const access_token = spoil(good, c.tokens);
	return { ...c, tokens: { ...c.tokens, access_token }, secrets: [good, ...access_token.split('\n')], expect };
}

const elsewhere = (w, issuer, more = {}) => ({ issuer, ...more });

const main = {
	'active': async (w) => {
		const c = await base(w);
		return { ...c, expect: ok([null]), after: stillLives(c.server, c.client, c.tokens.access_token) };
	},
	'active, secret in the body': async (w) => ({ ...await base(w, 'app-post'), expect: ok([null]) }),
	'active, public client of its own token': async (w) =>
		({ ...await base(w, 'app-public'), expect: ok([null]) }),
	'active, reserved characters in the secret': async (w) =>
		({ ...await base(w, 'app-reserved'), expect: ok([null]) }),
	'expired': async (w) => {
		const [server, client, tokens] = [w.oidc, w.oidc.clients['app-short'], w.short.opaque];
		await untilDead(server, client, tokens.access_token, w.ca);
		const { access_token } = tokens;
		return { server, client, tokens: { access_token },
			expect: unsettled(...UNDECIDED, 'token-expired') };
	},
	'expired, JWT': async (w) => {
		const [server, client, tokens] = [w.oidc, w.oidc.clients['app-short'], w.short.jwt];
		await untilPast(tokens.access_token);	// a live one is inactive here, too
		return { server, client, tokens: { access_token: tokens.access_token }, change: { leeway: 0 },
			expect: problem('token-expired') };
	},
	'revoked': async (w) => {
		const c = await base(w);
		await revoke(c.server, c.client, c.tokens.access_token, w.ca);
		const { access_token } = c.tokens;
		return { ...c, tokens: { access_token }, expect: unsettled(...UNDECIDED, 'token-revoked') };
	},
	'refreshed': async (w) => {
		const c = await base(w);
		return { ...c, args: refreshArgs, expect: { state: 'ok' },
			after: newPairWorks(c.server, c.client, c.tokens) };
	},
	'expired, then refreshed': async (w) => {
		const [server, client, tokens] = [w.oidc, w.oidc.clients['app-short'], w.short.refreshable];
		await untilDead(server, client, tokens.access_token, w.ca);
		return { server, client, tokens, args: refreshArgs, expect: { state: 'ok' },
			after: newPairWorks(server, client, tokens) };
	},
	'rotated-reuse': async (w) => {
		const c = await base(w);
		const next = await refresh(c.server, c.client, c.tokens.refresh_token, w.ca);
		return { ...c, args: refreshArgs, secrets: [next.json.access_token, next.json.refresh_token],
			expect: problem('refresh-token-rotated', 'refresh-invalid-grant-unspecified') };
	},
	'wrong secret': async (w) => {
		const c = await base(w);
		const client = { ...c.client, secret: `${c.client.secret.slice(0, -4)}0000` };
		return { ...c, client, secrets: [c.client.secret], // the secret or the way it was sent: only the probes below may say for sure
			expect: unsettled('client-secret-wrong'),
			after: stillLives(c.server, c.client, c.tokens.access_token) };
	},
	'wrong secret, probed': async (w) => {
		const c = await base(w);
		const client = { ...c.client, secret: `${c.client.secret.slice(0, -4)}0000` };
		return { ...c, client, secrets: [c.client.secret], args: () => ['--probes', 'all'],
			expect: problem('client-secret-wrong'),
			after: stillLives(c.server, c.client, c.tokens.access_token) };
	},
};

const clients = {
	'no client authentication where a secret is wanted': async (w) => {
		const c = await base(w);
		return { ...c, change: { client_auth: 'none', client_secret_file: undefined },
			// none is configured, and user information comes: introspection was not really asked
			expect: warned('client-auth-missing') };
	},
	'another client\'s token, asked by a public client': async (w) => {
		const c = await base(w);
		return { ...c, client: c.server.clients['app-public'], tokens: { access_token: c.tokens.access_token },
			expect: problem('introspect-foreign-client', 'introspect-public-client') };
	},
	'wrong introspection path': async (w) => {
		const c = await base(w);
		return { ...c, change: { introspection_endpoint: `${c.server.issuer}/token/introspect` },
			expect: problem('wrong-endpoint-path') };
	},
	'issuer with a slash too many': async (w) => {
		const c = await base(w);
		return { ...c, change: { issuer: `${c.server.issuer}/` }, expect: noticed('discovery-issuer-mismatch') };
	},
};

const kinds = {
	'openid scope missing': async (w) =>
		({ ...await base(w, 'app-basic', { scope: 'profile' }), expect: problem('userinfo-missing-openid-scope') }),
	'client_credentials token': async (w) => {
		const client = w.oidc.clients['app-basic'];
		return { server: w.oidc, client, expect: problem('no-end-user-in-token'),
			tokens: await tokens(w.oidc, client, { grant_type: 'client_credentials' }, w.ca) };
	},
	'token for an API, JWT': async (w) => {
		const c = await base(w, 'app-basic', { scope: 'openid api:read', resource: w.oidc.resource.jwt });
		return { ...c, expect: { ...unsettled(...UNDECIDED, 'wrong-audience'), never: ['token-expired'] } };
	},
	'token for an API, opaque': async (w) => {
		const c = await base(w, 'app-basic', { scope: 'openid api:read', resource: w.oidc.resource.opaque });
		return { ...c, expect: problem('userinfo-missing-openid-scope', 'wrong-audience') };
	},
	'identity token as access token': (w) =>
		spoiled(w, (good, t) => t.id_token, problem('id-token-as-access-token')),
	'refresh token as access token': (w) => spoiled(w, (good, t) => t.refresh_token,
		unsettled('refresh-token-as-access-token', 'token-rejected-unspecified')),
	'DPoP token sent as Bearer': async (w) => ({
		...await base(w, 'app-dpop', { headers: { DPoP: dpopProof('POST', w.oidc.token_endpoint) } }),
		expect: problem('dpop-bound-sent-as-bearer') }),
	'certificate-bound token without the certificate': async (w) => {
		const [server, client] = [w.oidc, w.oidc.clients['app-mtls']];
		const there = (url) => url.replace(server.issuer, server.mtls);
		const pem = (name) => readFileSync(join(w.certs.dir, name));
		const ca = { ca: w.ca, cert: pem('client.pem'), key: pem('client.key') };
		return { server, client, expect: problem('mtls-bound-without-cert'),
			tokens: await mintByCode({ authorization_endpoint: there(server.authorization_endpoint),
				token_endpoint: there(server.token_endpoint) }, client, { ca }) };
	},
};

const pasted = {
	'token in quotes': (w) => spoiled(w, (t) => `"${t}"`, noticed('token-quoted-or-json-wrapped')),
	'token response pasted whole': (w) => spoiled(w, (t, all) => JSON.stringify(all),
		noticed('token-quoted-or-json-wrapped')),
	'token with the word Bearer': (w) => spoiled(w, (t) => `Bearer ${t}`, noticed('token-bearer-prefix')),
	'token broken over two lines': (w) => spoiled(w, (t) => `${t.slice(0, 20)}\n${t.slice(20)}`,
		noticed('token-whitespace-or-control')),
};

const wire = {
	'certificate expired': async (w) => ({ ...await base(w), expect: problem('tls-expired-cert'),
		change: elsewhere(w, w.oidc.broken.expired) }),
	'certificate not yet valid': async (w) => ({ ...await base(w),
		expect: problem('tls-expired-cert', 'clock-skew-local'), change: elsewhere(w, w.oidc.broken.notYet) }),
	'certificate for another host': async (w) => ({ ...await base(w), expect: problem('tls-hostname-mismatch'),
		change: elsewhere(w, w.oidc.broken.otherHost) }),
	'authority unknown': async (w) => ({ ...await base(w), expect: problem('tls-unknown-ca'),
		change: { ca_file: w.certs.otherFile } }),
	'authority not given': async (w) => ({ ...await base(w), expect: problem('tls-unknown-ca'),
		change: { ca_file: undefined } }),
	'http to the https port': async (w) => ({ ...await base(w),
		expect: problem('http-instead-of-https', 'not-http', 'connection-reset'),
		change: elsewhere(w, w.oidc.issuer.replace('https:', 'http:')) }),
	'nothing listens': async (w) => ({ ...await base(w), expect: problem('connection-refused'),
		change: elsewhere(w, `https://127.0.0.1:${await closedPort()}`) }),
};

const actions = {
	'revoked by the walk': async (w) => {
		const c = await base(w);
		return { ...c, args: () => ['--revoke'], expect: { state: ['ok', 'problem'] },
			after: isDead(c.server, c.client, c.tokens.access_token) };
	},
	// it ends the grant, and the access token with it
	'the refresh token revoked by the walk': async (w) => {
		const c = await base(w);
		return { ...c, args: () => ['--revoke', '--revoke-token', 'refresh'], expect: { state: 'ok' },
			after: isDead(c.server, c.client, c.tokens.refresh_token) };
	},
	'refreshed for a narrower scope': async (w) => {
		const c = await base(w);
		return { ...c, args: (dir) => [...refreshArgs(dir), '--refresh-scope', 'openid'],
			expect: { state: 'ok' }, after: newPairWorks(c.server, c.client, c.tokens) };
	},
};

export const oidcCases = Object.entries({ ...main, ...clients, ...kinds, ...pasted, ...wire, ...actions,
	...proofCases })
	.map(([name, make]) => ({ name: `oidc-provider: ${name}`, make }));
