// A client that knows nothing of this program: the OpenID client library of the field against
// `tokentriage serve`, and a user who reads its pages.  TOKENTRIAGE names the program; prints TAP.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { load } from '../real/deps.mjs';

const { Issuer, custom, generators } = await load('openid-client');
custom.setHttpOptionsDefaults({ timeout: 20000 });

const HERE = 'http://127.0.0.1:9/callback'; // nobody listens there: the answer is in the redirect
const work = mkdtempSync(join(tmpdir(), 'tokentriage-client-'));

async function start(scenario, metadata = {}) {
	const file = join(work, `${scenario}.json`);
	const child = spawn(process.env.TOKENTRIAGE,
		['serve', '--scenario', scenario, '--tokens-out', file],
		{ stdio: ['ignore', 'pipe', 'inherit'] });
	const said = {};
	const gone = once(child, 'exit');
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	while (!said.ready) {
		const line = await Promise.race([lines.next(), gone.then(() => ({ done: true }))]);
		assert.ok(!line.done, `serve --scenario ${scenario} starts`);
		const blank = line.value.indexOf(' ');
		said[line.value.slice(0, blank)] = line.value.slice(blank + 1);
	}
	const given = JSON.parse(readFileSync(file, 'utf8'));
	const issuer = await Issuer.discover(given.issuer);
	const key = createPrivateKey(given.client_key);
	const client = new issuer.Client({
		client_id: given.client_id,
		client_secret: given.client_secret,
		redirect_uris: [HERE],
		response_types: ['code'],
		id_token_signed_response_alg: 'ES256',
		token_endpoint_auth_method: 'client_secret_basic',
		...metadata,
	}, { keys: [{ ...key.export({ format: 'jwk' }), alg: 'ES256' }] });
	return {
		given, said, issuer, client,
		async stop() {
			child.kill('SIGTERM');
			assert.deepEqual(await gone, [null, 'SIGTERM']);
			for (const name of Object.keys(said).filter((n) => n.endsWith('_file')))
				assert.ok(!existsSync(said[name]), `${name} goes with the server`);
		},
	};
}

// --- the user: a browser without scripts, that keeps its cookies ---

const unescape = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, '"')
	.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

function browser() {
	let cookie = '';
	async function ask(url, options = {}) {
		const r = await fetch(url, {
			redirect: 'manual', ...options, headers: cookie ? { cookie } : {},
		});
		const set = r.headers.get('set-cookie');
		if (set)
			cookie = set.split(';')[0];
		return { status: r.status, to: r.headers.get('location'), text: await r.text() };
	}
	// The form as it stands, its first button pressed; more: what the user types.
	async function submit(url, page, more = {}) {
		const attr = (tag, name) => unescape(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
		const body = new URLSearchParams();
		for (const [tag] of page.text.matchAll(/<input[^>]*>/g))
			body.set(attr(tag, 'name'), attr(tag, 'value'));
		const button = /<button[^>]*>/.exec(page.text)[0];
		if (attr(button, 'name'))
			body.set(attr(button, 'name'), attr(button, 'value'));
		for (const [name, value] of Object.entries(more))
			body.set(name, value);
		const action = attr(/<form[^>]*>/.exec(page.text)[0], 'action');
		return ask(new URL(action, url), { method: 'POST', body });
	}
	return { ask, submit };
}

// The whole login: from the client's URL to the tokens.
async function log_in(w, user, params = {}, extras = {}) {
	const verifier = generators.codeVerifier();
	const nonce = generators.nonce();
	const state = generators.state();
	const asked = {
		scope: 'openid profile email', nonce, state,
		code_challenge: generators.codeChallenge(verifier), code_challenge_method: 'S256',
		...params,
	};
	let url = w.client.authorizationUrl(asked);
	if (extras.push) {
		const pushed = await w.client.pushedAuthorizationRequest({ redirect_uri: HERE, ...asked });
		assert.ok(pushed.expires_in > 0);
		url = `${w.issuer.authorization_endpoint}?${new URLSearchParams({
			client_id: w.given.client_id, request_uri: pushed.request_uri })}`;
	}
	const page = await user.ask(url);
	let answer = page;
	if (page.status === 200) {
		assert.ok(page.text.includes(w.given.client_id));
		answer = await user.submit(url, page);
	}
	assert.equal(answer.status, 303);
	assert.ok(answer.to.startsWith(HERE));
	const back = w.client.callbackParams(answer.to);
	assert.equal(back.iss, w.given.issuer); // RFC 9207
	const checks = { state, nonce, code_verifier: verifier, response_type: 'code' };
	const dpop = extras.dpop ? { DPoP: extras.dpop } : {};
	const set = await w.client.callback(HERE, back, checks, dpop);
	return { set, back, checks, shown: page.status === 200 };
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
	// The library verifies state, iss, and the ID token with the server's keys and our nonce.
	async 'authorization code with PKCE, and the code once'() {
		const w = await start('healthy');
		const { set, back, checks } = await log_in(w, browser());
		assert.equal((await w.client.userinfo(set)).sub, set.claims().sub);
		assert.equal((await w.client.introspect(set.access_token)).active, true);
		const again = await w.client.refresh(set);
		assert.equal(again.claims().sub, set.claims().sub);
		assert.equal((await w.client.userinfo(again)).email, 'demo@user.example');
		await assert.rejects(w.client.callback(HERE, back, checks), fails('invalid_grant'));
		assert.equal((await w.client.introspect(again.access_token)).active, false);
		await w.stop();
	},
	async 'a wrong verifier, and no PKCE at all'() {
		const w = await start('healthy');
		const user = browser();
		const url = w.client.authorizationUrl({ scope: 'openid', state: 'a b&c',
			code_challenge: generators.codeChallenge(generators.codeVerifier()),
			code_challenge_method: 'S256' });
		const page = await user.ask(url);
		const answer = await user.submit(url, page);
		const back = w.client.callbackParams(answer.to);
		assert.equal(back.state, 'a b&c');
		await assert.rejects(w.client.callback(HERE, back, { state: 'a b&c',
			response_type: 'code', code_verifier: generators.codeVerifier() }),
		fails('invalid_grant'));
		const plain = await user.ask(w.client.authorizationUrl({ scope: 'openid', state: 'x' }));
		assert.equal(w.client.callbackParams(plain.to).error, 'invalid_request');
		await w.stop();
	},
	async 'without a screen: first refused, then by the session'() {
		const w = await start('healthy');
		const user = browser();
		await assert.rejects(log_in(w, user, { prompt: 'none' }), fails('login_required'));
		const first = await log_in(w, user, { scope: 'openid' });
		assert.ok(first.shown);
		const second = await log_in(w, user, { scope: 'openid', prompt: 'none' });
		assert.ok(!second.shown);
		assert.equal(second.set.claims().sub, first.set.claims().sub);
		await assert.rejects(log_in(w, user, { prompt: 'none' }), fails('consent_required'));
		await w.stop();
	},
	async 'the user refuses'() {
		const w = await start('healthy');
		const user = browser();
		const url = w.client.authorizationUrl({ scope: 'openid', state: 's',
			code_challenge: generators.codeChallenge(generators.codeVerifier()),
			code_challenge_method: 'S256' });
		const page = await user.ask(url);
		const link = unescape(/<a href="([^"]*)">Refuse</.exec(page.text)[1]);
		const answer = await user.ask(new URL(link, url));
		assert.equal(w.client.callbackParams(answer.to).error, 'access_denied');
		await w.stop();
	},
	async 'a redirect to elsewhere is never followed'() {
		const w = await start('healthy');
		for (const redirect_uri of ['https://client.example/cb', 'http://127.0.0.1.client.example/',
			'http://user@127.0.0.1:9/', 'http://127.0.0.1:9/#x', 'javascript:alert(1)', '']) {
			const page = await browser().ask(w.client.authorizationUrl({ redirect_uri,
				scope: 'openid', state: 's' }));
			assert.equal(page.status, 400);
			assert.equal(page.to, null);
		}
		await w.stop();
	},
	async 'a device'() {
		const w = await start('device');
		const handle = await w.client.deviceAuthorization({ scope: 'openid profile' });
		assert.match(handle.user_code, /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
		const poll = () => w.client.grant({ device_code: handle.device_code,
			grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });
		await assert.rejects(poll(), fails('authorization_pending'));
		const user = browser();
		const page = await user.ask(handle.verification_uri_complete);
		assert.ok(page.text.includes(handle.user_code));
		const wrong = await user.submit(handle.verification_uri, page, { user_code: 'BCDF-GHJK' });
		assert.equal(wrong.status, 400);
		const done = await user.submit(handle.verification_uri, page);
		assert.match(done.text, /Connected/);
		const set = await handle.poll();
		assert.equal((await w.client.userinfo(set)).sub, set.claims().sub);
		await assert.rejects(poll(), fails('invalid_grant'));
		await w.stop();
	},
	async 'a pushed request, where nothing else is taken'() {
		const w = await start('par-required');
		assert.equal(w.issuer.metadata.require_pushed_authorization_requests, true);
		await assert.rejects(log_in(w, browser()), fails('invalid_request'));
		const { set } = await log_in(w, browser(), {}, { push: true });
		assert.equal((await w.client.userinfo(set)).sub, set.claims().sub);
		await w.stop();
	},
	async 'DPoP'() {
		const w = await start('dpop');
		const key = createPrivateKey(w.given.dpop_key);
		assert.ok((await w.client.userinfo(w.given.access_token, { DPoP: key })).sub);
		const { set } = await log_in(w, browser(), {}, { dpop: key });
		assert.equal(set.token_type, 'DPoP');
		const seen = await w.client.introspect(set.access_token);
		assert.equal(seen.token_type, 'DPoP');
		assert.equal(seen.cnf.jkt.length, 43);
		assert.equal((await w.client.userinfo(set, { DPoP: key })).sub, set.claims().sub);
		const other = createPrivateKey(w.given.client_key);
		await assert.rejects(w.client.userinfo(set, { DPoP: other }), fails('invalid_token'));
		await assert.rejects(w.client.userinfo(set.access_token, { tokenType: 'Bearer' }),
			fails('invalid_token'));
		const again = await w.client.refresh(set, { DPoP: key });
		assert.equal((await w.client.userinfo(again, { DPoP: key })).sub, set.claims().sub);
		await assert.rejects(w.client.refresh(again), fails('invalid_dpop_proof'));
		await w.stop();
	},
	// The library learns the nonce from the refusal and asks again.
	async 'DPoP with the nonce of the server'() {
		const w = await start('dpop-nonce');
		const key = createPrivateKey(w.given.dpop_key);
		const { set } = await log_in(w, browser(), {}, { dpop: key });
		assert.equal((await w.client.userinfo(set, { DPoP: key })).sub, set.claims().sub);
		await w.stop();
	},
	async 'a certificate, for client and tokens'() {
		const w = await start('mtls', { token_endpoint_auth_method: 'self_signed_tls_client_auth',
			client_secret: undefined, tls_client_certificate_bound_access_tokens: true });
		const tls = { key: w.given.client_key, cert: w.given.client_certificate,
			ca: readFileSync(w.said.ca_file) };
		w.client[custom.http_options] = () => tls;
		assert.equal(w.said.client_auth, 'self_signed_tls_client_auth');
		assert.equal(readFileSync(w.said.client_key_file, 'utf8'), w.given.client_key);
		assert.ok((await w.client.userinfo(w.given.access_token)).sub);
		const { set } = await log_in(w, browser());
		const seen = await w.client.introspect(set.access_token);
		assert.equal(seen.cnf['x5t#S256'].length, 43);
		assert.equal((await w.client.userinfo(set)).sub, set.claims().sub);
		const status = (options) => new Promise((resolve, reject) => {
			get(w.issuer.userinfo_endpoint, { ...options, agent: false,
				headers: { authorization: `Bearer ${set.access_token}` } }, (r) => {
				r.resume();
				resolve(r.statusCode);
			}).on('error', reject);
		});
		assert.equal(await status(tls), 200);
		assert.equal(await status({ ca: tls.ca }), 401);
		await w.stop();
	},
	async 'an assertion signed with the key, and one with the secret'() {
		for (const [scenario, method, alg] of [['key-jwt', 'private_key_jwt', 'ES256'],
			['healthy', 'private_key_jwt', 'ES256'], ['healthy', 'client_secret_jwt', 'HS256']]) {
			const w = await start(scenario, { token_endpoint_auth_method: method,
				token_endpoint_auth_signing_alg: alg });
			assert.equal((await w.client.introspect(w.given.access_token)).active, true);
			const set = await w.client.refresh(w.given.refresh_token);
			assert.ok((await w.client.userinfo(set)).sub);
			await w.stop();
		}
	},
	async 'a resource, and a token exchanged for it'() {
		const w = await start('healthy');
		const api = `${w.given.issuer}/api`;
		const { set } = await log_in(w, browser(), { resource: api });
		assert.equal((await w.client.introspect(set.access_token)).aud, api);
		const got = await w.client.grant({
			grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', audience: api,
			subject_token: w.given.access_token, scope: 'profile',
			subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' });
		assert.equal(got.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
		const seen = await w.client.introspect(got.access_token);
		assert.deepEqual([seen.aud, seen.scope], [api, 'profile']);
		await assert.rejects(w.client.grant({ grant_type: 'client_credentials',
			resource: 'https://elsewhere.example' }), fails('invalid_target'));
		await w.stop();
	},
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
rmSync(work, { recursive: true });
process.exit(failed ? 1 : 0);
