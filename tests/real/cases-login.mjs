// Logging in with `tokentriage login` at oidc-provider and glewlwyd.  run(w) makes what the case
// needs, and returns what runLogin() takes.
import { join, resolve } from 'node:path';
import { Browser } from './browser.mjs';
import { glewlwydBrowser } from './glewlwyd-browser.mjs';
import { serve } from './login.mjs';
import { writeSecret } from './mint.mjs';

const ok = { state: 'ok', status: 0 };
const failed = (primary) => ({ state: 'problem', primary, status: 1, tokens: false });
const purposes = (report) => report.exchanges.map((x) => x.purpose);
const lacks = (report, ...wanted) => wanted.filter((p) => !purposes(report).includes(p))
	.map((p) => `no exchange for ${p}`);

// The browser logs in, and ends at the listener, which thanks it.
async function logIn(browser, url, expect = 'Back to tokentriage', more = {}) {
	const end = await browser.open(url, more);
	return end.body?.includes(expect) ? end : { error: `the browser ended at ${end.url}: ${end.body}` };
}

// The browser has logged in before, and the user has agreed.
function withSession(w, browser, client_id, redirect_uri) {
	const query = new URLSearchParams({ client_id, redirect_uri, response_type: 'code', scope: 'openid profile',
		state: 'before', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
		code_challenge_method: 'S256' });
	return browser.open(`${w.oidc.authorization_endpoint}?${query}`, { last: redirect_uri });
}

const oidc = (w, id = 'app-basic', more = {}) => ({ server: w.oidc, client: w.oidc.clients[id], ...more });
const cases = {
	'code with PKCE': async (w) => oidc(w, 'app-basic', { flow: 'code',
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: { ...ok, said: ['The answer is waited for at http://127.0.0.1:'] },
		after: ({ report }) => lacks(report, 'authorization', 'token', 'introspection', 'userinfo') }),
	'code with PKCE, public client': async (w) => oidc(w, 'app-public', { flow: 'code',
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: ok }),
	'code, the request pushed': async (w) => oidc(w, 'app-post', { flow: 'code', args: ['--par'],
		act: ({ url }) => (/[?&]code_challenge=/.test(url) ? { error: 'the request was not pushed' }
			: logIn(new Browser(w.ca), url)),
		expect: ok, after: ({ report }) => lacks(report, 'par', 'token') }),
	'code, tokens bound to a key (DPoP)': async (w) => oidc(w, 'app-dpop', { flow: 'code', change: { dpop: true },
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: ok,
		after: ({ tokens }) => (tokens?.token_type === 'DPoP' ? [] : [`token_type ${tokens?.token_type}`]) }),
	'code, pushed with an assertion': async (w) => oidc(w, 'app-key', { flow: 'code', args: ['--par'],
		change: { client_key_file: writeSecret(w.dir, 'login-key.pem', w.oidc.clients['app-key'].key) },
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: ok }),
	'code, offline access': async (w) => oidc(w, 'app-basic', { flow: 'code', args: ['--scope', 'openid offline_access'],
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: ok,
		after: ({ tokens }) => (tokens?.refresh_token ? [] : ['no refresh token']) }),
	'code for an API (resource indicator)': async (w) => oidc(w, 'app-basic', { flow: 'code',
		args: ['--scope', 'openid api:read', '--resource', w.oidc.resource.jwt],
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: { state: ['ok', 'undetermined'], status: 0, asked: false },
		after: ({ tokens }) => {
			const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url') || '{}');
			return claims.aud === w.oidc.resource.jwt ? [] : [`aud is ${claims.aud}`];
		} }),
	'code, foreign requests at the redirect URI': async (w) => oidc(w, 'app-basic', { flow: 'code',
		act: async ({ url }) => {
			const browser = new Browser(w.ca);
			const redirect = new URL(url).searchParams.get('redirect_uri');
			for (const query of ['', '?code=x&state=y', '?code=x', '?error=access_denied'])
				await browser.open(`${redirect}${query}`);
			return logIn(browser, url);
		}, expect: { ...ok, said: ['not the answer to this login'] } }),
	'code, refused by the user': async (w) => oidc(w, 'app-basic', { flow: 'code',
		act: ({ url }) => logIn(new Browser(w.ca), url, 'The login did not succeed', { refuse: true }),
		expect: failed('login-denied') }),
	'code, a redirect URI that is not registered': async (w) => oidc(w, 'app-basic', { flow: 'code',
		args: ['--par', '--redirect-uri', 'http://127.0.0.1/other'], expect: failed('login-refused') }),
	'silent, without a session': async (w) => oidc(w, 'app-basic', { flow: 'silent',
		act: ({ url }) => logIn(new Browser(w.ca), url, 'The login did not succeed'),
		expect: failed('silent-auth-interaction-required'),
		after: ({ report }) => (report.verdict.next.includes('no session') ? [] : [`advice: ${report.verdict.next}`]) }),
	'silent, native client with a session': async (w) => {
		const browser = new Browser(w.ca);
		await withSession(w, browser, 'app-basic', 'http://127.0.0.1/callback');
		return oidc(w, 'app-basic', { flow: 'silent',
			act: ({ url }) => logIn(browser, url, 'The login did not succeed'),
			expect: failed('silent-auth-interaction-required'),
			after: ({ report }) => (report.verdict.next.includes('something to show') ? []
				: [`advice: ${report.verdict.next}`]) });
	},
	'silent, with a session': async (w) => {
		const browser = new Browser(w.ca);
		const { redirect_uri } = w.oidc.clients['app-web'];
		await withSession(w, browser, 'app-web', redirect_uri);
		return oidc(w, 'app-web', { flow: 'silent', args: ['--redirect-uri', redirect_uri],
			act: ({ url }) => logIn(browser, url), expect: ok });
	},
	'device': async (w) => oidc(w, 'app-basic', { act: async ({ complete }) => {
		const end = await new Browser(w.ca).open(complete);
		return end.status === 200 ? end : { error: `the device's page: ${end.status}` };
	}, expect: ok, after: ({ report }) => lacks(report, 'device', 'token', 'introspection', 'userinfo') }),
	'device, refused by the user': async (w) => oidc(w, 'app-basic', { flow: 'device',
		act: ({ complete }) => new Browser(w.ca).open(complete, { refuse: true }), expect: failed('login-denied') }),
	'client credentials': async (w) => oidc(w, 'app-basic', { flow: 'client-credentials', args: ['--scope', 'api:read'],
		expect: { state: ['ok', 'undetermined'], status: 0, asked: false } }),
	'a grant that the client may not use': async (w) => oidc(w, 'app-post', { flow: 'client-credentials',
		expect: failed('login-refused') }),
};

const glewlwyd = (w, id, more) => ({ server: w.glewlwyd, client: w.glewlwyd.clients[id], ...more });
const glewlwydCases = {
	'code with PKCE': async (w) => glewlwyd(w, 'app-basic', { flow: 'code', args: ['--redirect-uri', w.glewlwyd.redirect_uri],
		act: async ({ url }) => (await glewlwydBrowser(w)).logIn(url), expect: ok,
		after: ({ report }) => lacks(report, 'authorization', 'token', 'userinfo') }),
	'device': async (w) => glewlwyd(w, 'app-basic', { flow: 'device',
		act: async (asked) => (await glewlwydBrowser(w)).confirm(asked), expect: ok }),
};

// The embedded server has what the others lack.
async function embedded(w, name, scenario, made) {
	const server = await serve(resolve(process.env.TOKENTRIAGE || 'tokentriage'), join(w.dir, `serve-${name}`), scenario);
	const { ca_file, resource_url } = { resource_url: server.resource_url };
	return { server, client: server.client, close: server.stop, change: { ca_file, resource_url }, ...made(server) };
}
const audience = (token) => [JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString() || '{}').aud].flat();
const embeddedCases = {
	// what the API refuses for its audience it takes afterwards
	'token exchange for the right audience': (w) => embedded(w, 'exchange', 'wrong-audience', ({ tokens, resource_url }) => {
		const api = resource_url.replace(/\/me$/, '');
		return { flow: 'token-exchange', tokens: { access_token: tokens.access_token }, args: ['--audience', api], expect: ok,
			after: ({ tokens: t, report }) => [...lacks(report, 'resource'),
				...(audience(t?.access_token).includes(api) ? [] : [`aud is ${audience(t?.access_token)}`])] };
	}),
	'token exchange, less scope': (w) => embedded(w, 'narrow', 'healthy', ({ tokens }) => ({ flow: 'token-exchange',
		tokens: { access_token: tokens.access_token }, args: ['--scope', 'openid profile'], expect: ok })),
	'code with PKCE': (w) => embedded(w, 'code', 'healthy', () => ({ flow: 'code',
		act: ({ url }) => logIn(new Browser(w.ca), url), expect: ok })),
	'device': (w) => embedded(w, 'device', 'healthy', () => ({ flow: 'device',
		act: ({ complete }) => new Browser(w.ca).open(complete), expect: ok })),
	'silent, without a session': (w) => embedded(w, 'silent', 'healthy', () => ({ flow: 'silent',
		act: ({ url }) => logIn(new Browser(w.ca), url, 'The login did not succeed'),
		expect: failed('silent-auth-interaction-required') })),
};

export const loginCases = [
	...Object.entries(cases).map(([name, make]) => ({ name: `oidc-provider, login: ${name}`, make })),
	...Object.entries(embeddedCases).map(([name, make]) => ({ name: `embedded server, login: ${name}`, make })),
	...Object.entries(glewlwydCases).map(([name, make]) => ({ name: `glewlwyd, login: ${name}`, make, login: true })),
].map((c) => ({ ...c, login: true }));
