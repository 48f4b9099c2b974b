// What is planted: secrets of every kind that passes through, each with a value of its own, and where a server or a user
// puts it.  `values` is name → value; what a search must not find.
import { createHmac, randomBytes } from 'node:crypto';
import { headers, members, texts } from './otherwise.mjs';

const b64 = (v) => Buffer.from(v).toString('base64');
const b64url = (v) => Buffer.from(v).toString('base64url');
// Letters and digits mixed, as nearly every token is: what has hardly a digit and stands in a sentence is not told from
// a long word (the contract says so), and is no matter of chance here.
function opaque(bytes = 24) {
	for (;;) {
		const v = randomBytes(bytes).toString('base64url').replace(/^[-_]/, 'x').replace(/[-_]$/, 'y');
		if ((v.match(/[0-9]/g) ?? []).length > 2 && (v.match(/[a-zA-Z]/g) ?? []).length > 2)
			return v;
	}
}
const password = () => `hunter2${randomBytes(5).toString('hex')}`;

// A JWT whose claims are public, but for those that are named as secrets; what must not be seen is the whole and its signature.
export function jwt(claims, secrets = {}) {
	const head = `${b64url(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: 'leak' }))}.${b64url(JSON.stringify({ ...claims, ...secrets }))}`;
	const signature = createHmac('sha256', randomBytes(32)).update(head).digest('base64url');
	return { whole: `${head}.${signature}`, signature };
}

const now = Math.floor(Date.now() / 1000);
export const values = {
	// the user's own, registered
	'access token': `at.${opaque(20)}`,
	'refresh token': `rt/${opaque(24)}+/=`,
	'client secret with reserved characters': `s3cr:et/${opaque(12)}+% &=x`,
	'header of the profile': opaque(),
	'password of the proxy': password(),
	// what a server says, unregistered: by name
	'session cookie': opaque(), 'cookie of no known name': opaque(), 'second cookie of a browser': opaque(),
	'response header with a token': opaque(), 'response header with a key': opaque(),
	'authorization code in a redirect': opaque(16), 'access token in a fragment': opaque(), 'ID token in a fragment': opaque(),
	'access token in a query': opaque(), 'password in an address': password(), 'SAML response in a query': opaque(40),
	'access token in JSON at depth': opaque(), 'tokens in a JSON array': opaque(), 'refresh token in JSON': opaque(),
	'password that is a number, at depth': String(10 ** 14 + randomBytes(5).readUIntBE(0, 5)),
	'token in a text, its first line': opaque(30), 'token in a text, its second line': opaque(30), 'token in a text, its last line': opaque(),
	'client secret in JSON': password(), 'password in JSON': password(), 'device code': opaque(), 'registration token': opaque(),
	'JSON within a JSON string': opaque(), 'form within a JSON string, percent-encoded': `${opaque(12)}/+=${opaque(9)}`,
	'session key in XML': opaque(), 'password in a form in HTML': password(),
	'private key of a key set': opaque(32), 'symmetric key of a key set': opaque(32),
	'key in PEM': randomBytes(48).toString('base64'),
	'code verifier': opaque(32), 'state of a login': opaque(16), 'user code': 'WDJB-MJHT',
	// … by shape, or by the word before it
	'token of a known vendor': `ghp_${randomBytes(18).toString('hex')}`, 'token in an error text': opaque(),
	'secret in a sentence': password(), 'token in a challenge': opaque(), 'AWS secret key in XML': randomBytes(30).toString('base64'),
	// what comes of a refresh
	'device code of a login': opaque(), 'new access token': opaque(), 'new refresh token': opaque(),
	// what a user pastes
	'Basic credentials of a command': password(), 'cookie of a command': opaque(), 'bearer of a recording': opaque(),
	'form password of a recording': password(), 'token in a mail': opaque(), 'assertion of a recording': opaque(40),
	'token response in a mail': opaque(),
};
delete values['user code']; // short-lived, for a person to read aloud, and of no use alone
delete values['state of a login']; // no credential (RFC 6749 §10.12)

const claims = { iss: 'https://idp.example', sub: 'user-1', exp: now + 3600, iat: now };
const inClaims = { client_secret: password(), password: password(), refresh_token: opaque() };
Object.entries(inClaims).forEach(([name, v]) => { values[`claim named ${name}`] = v; });
const accessJwt = jwt({ ...claims, scope: 'openid' }, inClaims);
values['JWT access token'] = accessJwt.whole;
values['JWT access token, its signature'] = accessJwt.signature;
const idToken = jwt({ ...claims, aud: 'app' }, inClaims), foreign = jwt(claims), nested = jwt(claims), broken = jwt(claims);
values['signature of the ID token'] = idToken.signature;
values['JWT in an answer'] = foreign.signature;
values['JWT in an answer, broken over lines'] = broken.signature;
values['JWT in a header of no known name'] = nested.signature;
values['ID token, whole'] = idToken.whole;

for (const { kind, value } of [...members, ...headers, ...texts])
	values[kind] = value;

export const v = values;
export const given = { idToken: idToken.whole, accessJwt: accessJwt.whole };

const json = (o, status = 200, headers = {}) => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(o) });
const cookies = { 'set-cookie': [`SESSION=${v['session cookie']}; Path=/; HttpOnly`, `x9=${v['cookie of no known name']}`] };

// --- what the server answers, by act and path --------------------------------------------------------------------------
export const acts = {
	active: {
		'/introspect': () => json({ active: true, scope: 'openid', sub: 'user-1', exp: now + 3600,
			token: v['access token'], session: { list: [{ access_token: v['access token in JSON at depth'] }] },
			access_token: [v['tokens in a JSON array']], refresh_token: v['refresh token in JSON'],
			client_secret: v['client secret in JSON'], user: { password: v['password in JSON'], pins: [{ pin: Number(v['password that is a number, at depth']) }] }, device_code: v['device code'],
			registration_access_token: v['registration token'],
			raw: JSON.stringify({ access_token: v['JSON within a JSON string'] }),
			echo: `grant_type=x&refresh_token=${encodeURIComponent(v['form within a JSON string, percent-encoded'])}` }, 200, cookies),
		'/userinfo': (req) => json({ sub: 'user-1', trace: foreign.whole, code_verifier: v['code verifier'],
			again: b64(`x${req.headers.authorization}`), pair: b64(`app:${v['client secret with reserved characters']}`),
			twice: encodeURIComponent(encodeURIComponent(v['access token'])) }, 200, {
			'x-auth-token': v['response header with a token'], 'x-gateway-key': v['response header with a key'],
			'x-trace': nested.whole, 'x-seen': b64url(v['access token']) }),
	},
	refused: {
		'/introspect': () => json({ active: false, error_description: `token ${v['token in an error text']} is unknown`,
			debug: `got ${broken.whole.replace(/\.([^.]*)$/, '.\r\n$1')}` }),
		'/userinfo': (req) => json({ error: 'invalid_token', error_description:
			`the secret ${v['secret in a sentence']} does not fit; got ${req.headers.authorization}; try ${v['token of a known vendor']}` }, 401, {
			'www-authenticate': `Bearer error="invalid_token", error_description="no such token ${v['token in a challenge']}", access_token="${v['access token']}"` }),
	},
	redirected: {
		'/introspect': () => ({ status: 302, headers: { location: `https://joe:${v['password in an address']}@idp.example/x/${v['access token']}?code=${v['authorization code in a redirect']}&state=abc&access_token=${v['access token in a query']}&SAMLResponse=${v['SAML response in a query']}` } }),
		'/userinfo': () => ({ status: 302, headers: { location: `https://app.example/cb#access_token=${v['access token in a fragment']}&id_token=${v['ID token in a fragment']}&token_type=bearer` } }),
	},
	hostile: {
		// split over chunks at every seventh byte: no search of one chunk finds anything
		'/introspect': (req) => ({ status: 500, chunks: 7, headers: { 'content-type': 'text/html' }, body:
			`<html><form><input name="password" value="${v['password in a form in HTML']}"></form><pre>Bearer ${v['token in a text, its first line']}\n${v['token in a text, its second line']}\n${v['token in a text, its last line']}\nAuthorization: ${req.headers.authorization}\ntoken=${encodeURIComponent(v['access token'])}\n${req.body}\n-----BEGIN PRIVATE KEY-----\n${v['key in PEM']}\n-----END PRIVATE KEY-----</pre></html>` }),
		'/userinfo': (req) => ({ status: 400, chunks: 7, headers: { 'content-type': 'application/xml' }, body:
			`<error><sessionKey>${v['session key in XML']}</sessionKey><seen>${req.headers.authorization}</seen><aws_secret_access_key>${v['AWS secret key in XML']}</aws_secret_access_key></error>` }),
	},
};
// the kinds of otherwise.mjs, all in one answer, and its head
acts.otherwise = {
	'/introspect': () => json({ active: true, sub: 'user-1', ...Object.assign({}, ...members.map((m) => m.made)) }, 200, Object.fromEntries(headers.map((h) => h.made))),
	'/userinfo': () => json({ error: 'invalid_token', seen: members.map((m) => m.made) }, 401, Object.fromEntries(headers.map((h) => h.made))),
};
export const common = {
	'/device': () => json({ device_code: v['device code of a login'], user_code: 'WDJB-MJHT', verification_uri: 'https://idp.example/device',
		verification_uri_complete: 'https://idp.example/device?user_code=WDJB-MJHT', interval: 1, expires_in: 60 }),
	'/jwks': () => json({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'leak', x: 'x', y: 'y', d: v['private key of a key set'] },
		{ kty: 'oct', kid: 'sym', k: v['symmetric key of a key set'] }] }),
	'/token': () => json({ access_token: v['new access token'], refresh_token: v['new refresh token'], token_type: 'Bearer', expires_in: 60 }),
};

// --- what users paste ----------------------------------------------------------------------------------------------------
const harEntry = (o) => ({ startedDateTime: '2026-01-31T12:00:00.000Z', time: 5, cache: {}, timings: { send: 0, wait: 5, receive: 0 }, ...o });
export const pastes = {
	'command.txt': `$ curl -v -u 'app:${v['Basic credentials of a command']}' -b 'sid=${v['cookie of a command']}' \\
  -d 'token=${v['access token']}&code_verifier=${v['code verifier']}' https://idp.example/introspect
> POST /introspect HTTP/1.1
> Host: idp.example
> Authorization: Basic ${b64(`app:${v['Basic credentials of a command']}`)}
> Cookie: sid=${v['cookie of a command']}; other=${v['second cookie of a browser']}
>
< HTTP/1.1 401 Unauthorized
< Content-Type: application/json
< Set-Cookie: SESSION=${v['session cookie']}
<
{"error":"invalid_client"}
`,
	'mail.txt': `Hi,\n\nit does not work any more. Here is my token: ${v['token in a mail']}\n\nand what the login gave:\n{"access_token":"${v['token response in a mail']}","token_type":"Bearer","expires_in":60,"refresh_token":"${v['refresh token']}"}\n\nThe answer is\n\nHTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token", error_description="Token ${v['token in a mail']} expired"\n\nThanks\n`,
	'recording.har': JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [
		harEntry({ request: { method: 'POST', url: 'https://idp.example/token', httpVersion: 'h2', headers: [], cookies: [], queryString: [], headersSize: -1, bodySize: -1,
			postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'grant_type', value: 'password' }, { name: 'username', value: 'joe' },
				{ name: 'password', value: v['form password of a recording'] }, { name: 'client_assertion', value: v['assertion of a recording'] }] } },
		response: { status: 400, statusText: '', httpVersion: 'h2', headers: [], cookies: [], redirectURL: '', headersSize: -1, bodySize: -1, content: { size: 1, mimeType: 'application/json', text: '{"error":"invalid_grant"}' } } }),
		harEntry({ request: { method: 'GET', url: `https://idp.example/userinfo?access_token=${v['access token in a query']}`, httpVersion: 'h2',
			headers: [{ name: 'Authorization', value: `Bearer ${v['bearer of a recording']}` }], cookies: [], queryString: [{ name: 'access_token', value: v['access token in a query'] }], headersSize: -1, bodySize: 0 },
		response: { status: 401, statusText: '', httpVersion: 'h2', headers: [{ name: 'www-authenticate', value: `Bearer error="invalid_token", error_description="${v['bearer of a recording']}"` }], cookies: [], redirectURL: '', headersSize: -1, bodySize: -1,
			content: { size: 1, mimeType: 'text/plain', encoding: 'base64', text: b64(`Bearer ${v['bearer of a recording']} is dead`) } } }),
	] } }),
};

texts.forEach(({ made }, i) => { pastes[`text-${i}.txt`] = made; });

// --- how a value may be written --------------------------------------------------------------------------------------------
const percent = (s, lower) => [...Buffer.from(s)].map((b) => (/[A-Za-z0-9]/.test(String.fromCharCode(b)) ? String.fromCharCode(b)
	: `%${b.toString(16).padStart(2, '0')[lower ? 'toLowerCase' : 'toUpperCase']()}`)).join('');

const each = (s, form) => [...Buffer.from(s)].map(form).join('');

// The part of base64 that the value alone decides, at each of the three places it may begin at.
function* wrapped(s) {
	for (let k = 0; k < 3; k++) {
		const text = Buffer.concat([Buffer.alloc(k), Buffer.from(s)]).toString('base64');
		const inner = text.slice(Math.ceil(8 * k / 6), Math.floor(8 * (k + Buffer.byteLength(s)) / 6));
		yield inner;
		yield inner.replaceAll('+', '-').replaceAll('/', '_');
	}
}

export function forms(value) {
	const out = new Set([value, encodeURIComponent(value), percent(value), percent(value, true), percent(encodeURIComponent(value)),
		new URLSearchParams({ a: value }).toString().slice(2), JSON.stringify(value).slice(1, -1), ...wrapped(value),
		percent(percent(value)), Buffer.from(value).toString('hex'), each(value, (c) => `\\u${c.toString(16).padStart(4, '0')}`), each(value, (c) => `&#${c};`)]);
	if (value.length >= 32) { // a long one must not be seen in a piece, either
		const middle = value.slice(value.length / 2 - 8, value.length / 2 + 8);
		out.add(middle);
	}
	return [...out];
}
