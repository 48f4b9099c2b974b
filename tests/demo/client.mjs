// A client that knows nothing of this program: the OpenID client library of the field against
// the embedded server.  node client.mjs SERVE-DEMO; prints TAP.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { load } from '../real/deps.mjs';

const serve = process.argv[2];
const { Issuer, custom } = await load('openid-client');
custom.setHttpOptionsDefaults({ timeout: 20000 });

async function start(scenario) {
	const child = spawn(serve, [scenario], { stdio: ['pipe', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout });
	const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => null)]);
	assert.ok(first, `serve-demo ${scenario} starts`);
	const given = JSON.parse(first[0]);
	const issuer = await Issuer.discover(given.issuer);
	const client = new issuer.Client({
		client_id: given.client_id,
		client_secret: given.client_secret,
		id_token_signed_response_alg: 'ES256',
		token_endpoint_auth_method: 'client_secret_basic',
	});
	return {
		given, issuer, client,
		async stop() {
			child.stdin.end();
			if (child.exitCode === null)
				await once(child, 'exit');
			assert.equal(child.exitCode, 0);
		},
	};
}

const fails = (error) => (e) => e.error === error;

const tests = {
	async 'discovery, introspection and user information'() {
		const w = await start('healthy');
		assert.equal(w.issuer.issuer, w.given.issuer);
		const seen = await w.client.introspect(w.given.access_token, 'access_token');
		assert.equal(seen.active, true);
		const user = await w.client.userinfo(w.given.access_token);
		assert.equal(user.sub, seen.sub);
		assert.ok(user.email);
		await w.stop();
	},
	// The library verifies the new ID token with the server's key set.
	async 'refresh with rotation, and reuse'() {
		const w = await start('refresh-needed');
		await assert.rejects(w.client.userinfo(w.given.access_token), fails('invalid_token'));
		const set = await w.client.refresh(w.given.refresh_token);
		assert.notEqual(set.refresh_token, w.given.refresh_token);
		assert.equal(set.claims().iss, w.given.issuer);
		assert.equal((await w.client.userinfo(set)).sub, set.claims().sub);
		await assert.rejects(w.client.refresh(w.given.refresh_token), fails('invalid_grant'));
		assert.equal((await w.client.introspect(set.access_token)).active, false);
		await w.stop();
	},
	async 'revocation'() {
		const w = await start('healthy-opaque');
		assert.equal((await w.client.introspect(w.given.access_token)).active, true);
		await w.client.revoke(w.given.access_token);
		assert.equal((await w.client.introspect(w.given.access_token)).active, false);
		await assert.rejects(w.client.userinfo(w.given.access_token), fails('invalid_token'));
		await w.stop();
	},
	async 'client credentials'() {
		const w = await start('healthy');
		const set = await w.client.grant({ grant_type: 'client_credentials', scope: 'profile' });
		const seen = await w.client.introspect(set.access_token);
		assert.equal(seen.active, true);
		assert.equal(seen.scope, 'profile');
		await w.stop();
	},
	async 'a secret with reserved characters'() {
		const w = await start('healthy-reserved');
		assert.match(w.given.client_secret, /[:/+%@ #]/);
		assert.equal((await w.client.introspect(w.given.access_token)).active, true);
		await w.stop();
	},
	async 'a wrong secret'() {
		const w = await start('wrong-secret');
		await assert.rejects(w.client.introspect(w.given.access_token), fails('invalid_client'));
		await w.stop();
	},
	async 'a missing scope'() {
		const w = await start('missing-openid');
		await assert.rejects(w.client.userinfo(w.given.access_token), fails('insufficient_scope'));
		await w.stop();
	},
};

let n = 0;
let failed = 0;
console.log(`1..${Object.keys(tests).length}`);
for (const [name, test] of Object.entries(tests)) {
	n += 1;
	try {
		await test();
		console.log(`ok ${n} - ${name}`);
	} catch (e) {
		failed += 1;
		console.log(`not ok ${n} - ${name}`);
		console.log(String(e.stack).replace(/^/gm, '# '));
	}
}
process.exit(failed ? 1 : 0);
