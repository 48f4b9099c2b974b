// The cases of `check` against glewlwyd: JWT access tokens, empty error bodies,
// no challenges.  See cases-oidc.mjs for the shape of a case.
import { honest, isDead, newPairWorks, noticed, ok, problem, refreshArgs, stillLives, UNDECIDED,
	unsettled } from './expect.mjs';
import { mintByPassword, refresh, revoke, tokens } from './mint.mjs';
import { untilDead } from './world.mjs';

async function base(w, id = 'app-basic', scope = undefined) {
	const server = w.glewlwyd;
	const client = server.clients[id];
	return { server, client,
		tokens: await mintByPassword(server, client, { user: server.user, scope, ca: w.ca }) };
}

async function spoiled(w, spoil, expect) {
	const c = await base(w);
	const good = c.tokens.access_token;
	return { ...c, tokens: { ...c.tokens, access_token: spoil(good, c.tokens) }, secrets: [good], expect };
}

const main = {
	'active': async (w) => {
		const c = await base(w);
		return { ...c, expect: ok(), after: stillLives(c.server, c.client, c.tokens.access_token) };
	},
	'active, secret in the body': async (w) => ({ ...await base(w, 'app-post'), expect: ok() }),
	'active without the openid scope: this server does not ask for it': async (w) =>
		({ ...await base(w, 'app-basic', 'profile'), expect: ok() }),
	'expired': async (w) => {
		const [server, client] = [w.glewlwyd.short, w.glewlwyd.clients['app-basic']];
		const { access_token } = w.short.glewlwyd;
		await untilDead(server, client, access_token, w.ca);
		return { server, client, tokens: { access_token }, expect: problem('token-expired') };
	},
	// seconds old, it could be on its way to a copy of the server as well: probing tells
	'revoked': async (w) => {
		const c = await base(w);
		await revoke(c.server, c.client, c.tokens.access_token, w.ca);
		return { ...c, expect: honest(problem('token-revoked')) };
	},
	'revoked, probed': async (w) => {
		const c = await base(w);
		await revoke(c.server, c.client, c.tokens.access_token, w.ca);
		return { ...c, args: () => ['--probes', 'all'], expect: problem('token-revoked') };
	},
	'revoked, then refreshed': async (w) => {
		const c = await base(w);
		await revoke(c.server, c.client, c.tokens.access_token, w.ca);
		return { ...c, args: refreshArgs, expect: { state: 'ok' },
			after: newPairWorks(c.server, c.client, c.tokens) };
	},
	'refreshed': async (w) => {
		const c = await base(w);
		return { ...c, args: refreshArgs, expect: { state: 'ok' },
			after: newPairWorks(c.server, c.client, c.tokens) };
	},
	'rotated-reuse': async (w) => {
		const c = await base(w);
		const next = await refresh(c.server, c.client, c.tokens.refresh_token, w.ca);
		return { ...c, args: refreshArgs, secrets: [next.json.access_token, next.json.refresh_token],
			expect: unsettled('refresh-token-rotated', 'refresh-invalid-grant-unspecified') };
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
	'reserved characters in the secret, not form-decoded here': async (w) => {
		const c = await base(w);
		return { ...c, client: c.server.clients['app-reserved'], tokens: { access_token: c.tokens.access_token },
			// the encoding or the secret: only the probe below may say for sure
			expect: unsettled('client-credentials-encoding', 'client-secret-wrong') };
	},
	'reserved characters in the secret, probed': async (w) => {
		const c = await base(w);
		return { ...c, client: c.server.clients['app-reserved'], tokens: { access_token: c.tokens.access_token },
			args: () => ['--probes', 'all'], expect: problem('client-credentials-encoding') };
	},
	'wrong method, probed': async (w) => {
		const c = await base(w, 'app-post');
		return { ...c, change: { client_auth: 'client_secret_basic' }, args: () => ['--probes', 'all'],
			expect: problem('client-auth-method-mismatch') };
	},
	'wrong introspection path': async (w) => {
		const c = await base(w);
		return { ...c, change: { introspection_endpoint: `${c.server.issuer}/token/introspect` },
			expect: problem('wrong-endpoint-path') };
	},
	'another issuer\'s token': async (w) => {
		const c = await base(w);
		return { ...c, server: w.glewlwyd.short, tokens: { access_token: c.tokens.access_token },
			expect: problem('wrong-tenant-or-realm', 'issuer-mismatch-hostname') };
	},
};

const kinds = {
	'client_credentials token': async (w) => {
		const client = w.glewlwyd.clients['app-basic'];
		return { server: w.glewlwyd, client, expect: problem('no-end-user-in-token'),
			tokens: await tokens(w.glewlwyd, client, { grant_type: 'client_credentials', scope: 'api' }, w.ca) };
	},
	'identity token as access token': (w) =>
		spoiled(w, (good, t) => t.id_token, problem('id-token-as-access-token')),
	'refresh token as access token': (w) =>
		spoiled(w, (good, t) => t.refresh_token, problem('refresh-token-as-access-token')),
	'token cut short': (w) => spoiled(w, (t) => t.slice(0, -40),
		problem('token-truncated', 'signature-invalid', 'token-malformed')),
	'signature of another token': async (w) => {
		const other = (await base(w)).tokens.access_token.split('.')[2];
		return { ...await spoiled(w, (t) => [...t.split('.').slice(0, 2), other].join('.'),
			problem('signature-invalid')) };
	},
	'token with the word Bearer': (w) => spoiled(w, (t) => `Bearer ${t}`, noticed('token-bearer-prefix')),
	'a made-up token': (w) => spoiled(w, () => 'not-a-token-of-this-server-at-all', unsettled(...UNDECIDED,
		'token-malformed', 'opaque-vs-jwt-confusion')),
};

const actions = {
	'the refresh token revoked by the walk': async (w) => {
		const c = await base(w);
		return { ...c, args: () => ['--revoke', '--revoke-token', 'refresh'], expect: { state: 'ok' },
			after: isDead(c.server, c.client, c.tokens.refresh_token) };
	},
};

export const glewlwydCases = Object.entries({ ...main, ...clients, ...kinds, ...actions })
	.map(([name, make]) => ({ name: `glewlwyd: ${name}`, make }));
