// What the servers answer by themselves, asked with a plain client: the ground
// that the cases of check stand on.  Each fact throws when it does not hold.
import assert from 'node:assert/strict';
import { basicRaw, Client } from './http.mjs';
import { introspect, mintByCode, mintByPassword, refresh, revoke, tokens, userinfo } from './mint.mjs';
import { untilDead } from './world.mjs';

const active = (res) => {
	assert.equal(res.status, 200);
	return res.json?.active;
};
const nope = (client) => ({ ...client, secret: 'not-the-secret' });

async function lives(w, server, client, token) {
	assert.equal(active(await introspect(server, client, token, w.ca)), true, 'introspection');
	assert.equal((await userinfo(server, token, w.ca)).status, 200, 'userinfo');
}

async function dead(w, server, client, token) {
	assert.equal(active(await introspect(server, client, token, w.ca)), false, 'introspection');
	assert.equal((await userinfo(server, token, w.ca)).status, 401, 'userinfo');
}

const oidc = {
	'a code grant gives a live token to each kind of client': async (w) => {
		for (const id of ['app-basic', 'app-post', 'app-public', 'app-reserved'])
			await lives(w, w.oidc, w.oidc.clients[id],
				(await mintByCode(w.oidc, w.oidc.clients[id], { ca: w.ca })).access_token);
	},
	'a revoked access token is dead, its refresh token is not': async (w) => {
		const c = w.oidc.clients['app-basic'];
		const t = await mintByCode(w.oidc, c, { ca: w.ca });
		assert.equal((await revoke(w.oidc, c, t.access_token, w.ca)).status, 200);
		await dead(w, w.oidc, c, t.access_token);
		assert.equal((await refresh(w.oidc, c, t.refresh_token, w.ca)).status, 200);
	},
	'a revoked refresh token takes its access token along': async (w) => {
		const c = w.oidc.clients['app-basic'];
		const t = await mintByCode(w.oidc, c, { ca: w.ca });
		assert.equal((await revoke(w.oidc, c, t.refresh_token, w.ca)).status, 200);
		await dead(w, w.oidc, c, t.access_token);
		assert.equal((await refresh(w.oidc, c, t.refresh_token, w.ca)).json?.error, 'invalid_grant');
	},
	'a live JWT access token introspects as inactive, and has no user information': async (w) => {
		const c = w.oidc.clients['app-basic'];
		const t = await mintByCode(w.oidc, c,
			{ ca: w.ca, scope: 'openid api:read', resource: w.oidc.resource.jwt });
		await dead(w, w.oidc, c, t.access_token);
	},
	'a used refresh token ends the whole family': async (w) => {
		const c = w.oidc.clients['app-basic'];
		const t = await mintByCode(w.oidc, c, { ca: w.ca });
		const next = (await refresh(w.oidc, c, t.refresh_token, w.ca)).json;
		await lives(w, w.oidc, c, t.access_token);
		await lives(w, w.oidc, c, next.access_token);
		const again = await refresh(w.oidc, c, t.refresh_token, w.ca);
		assert.equal(again.status, 400);
		assert.equal(again.json.error, 'invalid_grant');
		await dead(w, w.oidc, c, next.access_token);
	},
	'a wrong secret is 401 invalid_client with a challenge': async (w) => {
		const res = await introspect(w.oidc, nope(w.oidc.clients['app-basic']), 'x', w.ca);
		assert.equal(res.status, 401);
		assert.equal(res.json.error, 'invalid_client');
		assert.match(res.headers['www-authenticate'], /^Basic /);
	},
	'reserved characters want form-encoding': async (w) => {
		const c = w.oidc.clients['app-reserved'];
		const raw = await new Client({ ca: w.ca }).post(w.oidc.introspection_endpoint, { token: 'x' },
			{ authorization: basicRaw(c.id, c.secret) });
		assert.notEqual(raw.status, 200);
		assert.equal(active(await introspect(w.oidc, c, 'x', w.ca)), false);
	},
	'a public client sees another client\'s live token as inactive': async (w) => {
		const t = await mintByCode(w.oidc, w.oidc.clients['app-basic'], { ca: w.ca });
		const res = await introspect(w.oidc, w.oidc.clients['app-public'], t.access_token, w.ca);
		assert.equal(active(res), false);
	},
	'a two-second token dies': async (w) => {
		await untilDead(w.oidc, w.oidc.clients['app-short'], w.short.opaque.access_token, w.ca);
	},
};

const mintG = (w, id = 'app-basic', scope = undefined) =>
	mintByPassword(w.glewlwyd, w.glewlwyd.clients[id], { user: w.glewlwyd.user, ca: w.ca, scope });

const glewlwyd = {
	'a password grant gives a live token to each kind of client': async (w) => {
		for (const id of ['app-basic', 'app-post'])
			await lives(w, w.glewlwyd, w.glewlwyd.clients[id], (await mintG(w, id)).access_token);
	},
	'a revoked token is dead, its refresh token is not': async (w) => {
		const c = w.glewlwyd.clients['app-basic'];
		const t = await mintG(w);
		assert.equal((await revoke(w.glewlwyd, c, t.access_token, w.ca)).status, 200);
		await dead(w, w.glewlwyd, c, t.access_token);
		assert.equal((await refresh(w.glewlwyd, c, t.refresh_token, w.ca)).status, 200);
	},
	'a used refresh token ends the newer one: 400, empty': async (w) => {
		const c = w.glewlwyd.clients['app-basic'];
		const t = await mintG(w);
		const next = (await refresh(w.glewlwyd, c, t.refresh_token, w.ca)).json;
		const again = await refresh(w.glewlwyd, c, t.refresh_token, w.ca);
		assert.deepEqual([again.status, again.body], [400, '']);
		assert.equal((await refresh(w.glewlwyd, c, next.refresh_token, w.ca)).status, 400);
	},
	'a wrong secret is 401, empty, without a challenge': async (w) => {
		const res = await introspect(w.glewlwyd, nope(w.glewlwyd.clients['app-basic']), 'x', w.ca);
		assert.deepEqual([res.status, res.body], [401, '']);
		assert.equal(res.headers['www-authenticate'], undefined);
	},
	'reserved characters want no form-encoding': async (w) => {
		const c = w.glewlwyd.clients['app-reserved'];
		assert.equal((await introspect(w.glewlwyd, c, 'x', w.ca)).status, 401);
		const raw = await new Client({ ca: w.ca }).post(w.glewlwyd.introspection_endpoint, { token: 'x' },
			{ authorization: basicRaw(c.id, c.secret) });
		assert.equal(active(raw), false);
	},
	'identity and refresh tokens introspect as active and get no user information': async (w) => {
		const c = w.glewlwyd.clients['app-basic'];
		const t = await mintG(w);
		for (const [token, type] of [[t.id_token, 'id_token'], [t.refresh_token, 'refresh_token']]) {
			const res = await introspect(w.glewlwyd, c, token, w.ca);
			assert.equal(active(res), true);
			assert.equal(res.json.token_type, type);
			assert.equal((await userinfo(w.glewlwyd, token, w.ca)).status, 401);
		}
	},
	'a client_credentials token at userinfo is 404': async (w) => {
		const cc = await tokens(w.glewlwyd, w.glewlwyd.clients['app-basic'],
			{ grant_type: 'client_credentials', scope: 'api' }, w.ca);
		assert.equal((await userinfo(w.glewlwyd, cc.access_token, w.ca)).status, 404);
	},
	'a scheme in lower case is refused': async (w) => {
		const t = await mintG(w);
		assert.equal((await userinfo(w.glewlwyd, t.access_token, w.ca, 'bearer')).status, 401);
	},
	'a two-second token dies': async (w) => {
		await untilDead(w.glewlwyd.short, w.glewlwyd.clients['app-basic'],
			w.short.glewlwyd.access_token, w.ca);
	},
};

const both = (name, table) => Object.entries(table).map(([what, run]) => ({ name: `${name}: ${what}`, run }));

export const facts = [...both('fact, oidc-provider', oidc), ...both('fact, glewlwyd', glewlwyd)];
