// What can go wrong between a client and a real server, by name: for fault-proxy.mjs.
//   request(ask)       changes the request before the server sees it
//   answer(ask)        answers instead of the server; null: has answered, or never will
//   reply(reply, ask)  changes the server's answer {status, headers, body}
//   send(reply, ask)   sends it in a way of its own
import { gzipSync } from 'node:zlib';
import { header, without, withHeader } from './fault-proxy.mjs';

const HUGE = 50 << 20;
const PIECE = 1 << 20;
const DRIP_MS = 300;

export const reply = (status, type, text, more = []) => ({ status, body: Buffer.from(text),
	headers: [['Date', new Date().toUTCString()], ['Content-Type', type], ...more] });
const html = (status, title, more = [], inner = '') => reply(status, 'text/html; charset=utf-8',
	`<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1>${inner}</body></html>\n`,
	more);
export const json = (status, value, more = []) =>
	reply(status, 'application/json', JSON.stringify(value), [['Cache-Control', 'no-store'], ...more]);
const instead = (at, make) => ({ at, answer: typeof make === 'function' ? make : () => make });
// of the answers that are JSON: glewlwyd's refusals are empty
const edit = (at, change) => ({ at, reply: (r, ask) => {
	if (r.body.length === 0)
		return;
	const doc = JSON.parse(r.body);
	r.body = Buffer.from(JSON.stringify(change(doc, ask) ?? doc));
} });
const raw = (at, write) => ({ at, send: (r, ask) => write(ask.socket, r, ask) });
const head = (r, more) => Buffer.from([`HTTP/1.1 ${r.status} x`,
	...without(r.headers, 'content-length').map(([k, v]) => `${k}: ${v}`), ...more, '', ''].join('\r\n'));
const bearer = (ask) => /^bearer /i.test(header(ask.headers, 'authorization') ?? '');

const LOGIN = '<form method="post" action="/session"><input name="user"><input type="password" name="pass"></form>';
const GATEWAY = [['Server', 'nginx/1.24.0'], ['Connection', 'close']];
const CLOUD = [['Server', 'cloudflare'], ['CF-RAY', '8f00ba400c0ffee1-FRA']];

const dropAuthorization = (ask) => {
	ask.headers = without(ask.headers, 'authorization');
};

// --- what a gateway does to the request, or answers by itself --------------------------------

export const gateway = {
	dropsBearer: (at) => ({ at, request: (ask) => bearer(ask) && dropAuthorization(ask) }),
	// and refuses in a way of its own, without a word
	dropsBearerSilently: (at) => ({ at, request: (ask) => bearer(ask) && dropAuthorization(ask), reply: (r) => {
		if (r.status >= 400)
			Object.assign(r, reply(401, 'text/plain', ''));
	} }),
	dropsAuthorization: (at) => ({ at, request: dropAuthorization }),
	doublesAuthorization: (at) => ({ at, request: (ask) => {
		const value = header(ask.headers, 'authorization');
		if (value)
			ask.headers = withHeader(ask.headers, 'Authorization', `${value}, ${value}`);
	} }),
	badGateway: (at) => instead(at, () => html(502, '502 Bad Gateway', GATEWAY)),
	unavailable: (at) => instead(at, () => html(503, 'Down for maintenance', [...GATEWAY, ['Retry-After', '900']])),
	timeOut: (at) => instead(at, () => html(504, '504 Gateway Time-out', GATEWAY)),
	plainError: (at) => instead(at, () => reply(503, 'text/plain',
		'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
		[['Server', 'envoy']])),
	tooMany: (at) => instead(at, () => json(429, { message: 'API rate limit exceeded' }, [['Retry-After', '30']])),
	tooManyUntil: (at) => instead(at, () => reply(429, 'text/plain', 'Slow down.\n',
		[['Retry-After', new Date(Date.now() + 90000).toUTCString()]])),
	tooManySilent: (at) => instead(at, () => reply(429, 'text/plain', '')),
	proxyAuth: (at) => instead(at, () => html(407, 'Proxy Authentication Required',
		[['Proxy-Authenticate', 'Basic realm="corporate proxy"']])),
	blockedByCloud: (at) => instead(at, () => html(403, 'Attention Required!', CLOUD)),
	challengedByCloud: (at) => instead(at, () => html(403, 'Just a moment...', [...CLOUD, ['cf-mitigated', 'challenge']])),
	blockedPlain: (at) => instead(at, () => reply(403, 'text/plain', 'Your request was blocked.\n', GATEWAY)),
	blockedUnknown: (at) => instead(at, () => html(403, '403 Forbidden', [['Server', 'edge']],
		'<p>This request breaks a rule of the site. Incident 00-51aa.</p>')),
	notAcceptable: (at) => instead(at, () => html(406, 'Not Acceptable!', [['Server', 'Apache']],
		'<p>An appropriate representation of the requested resource could not be found.</p>')),
	basicRealm: (at) => instead(at, () => html(401, '401 Authorization Required',
		[['WWW-Authenticate', 'Basic realm="staging"'], ...GATEWAY])),
	ownCredentials: (at) => ({ at, request: (ask) => {
		ask.headers = withHeader(ask.headers, 'Authorization', `Basic ${Buffer.from('svc:pass-word').toString('base64')}`);
	} }),
	lowerScheme: (at) => ({ at, request: (ask) => {
		const value = header(ask.headers, 'authorization') ?? '';
		ask.headers = withHeader(ask.headers, 'Authorization', value.replace(/^\w+/, (s) => s.toLowerCase()));
	} }),
	dropsBody: (at) => ({ at, request: (ask) => {
		ask.body = Buffer.alloc(0);
	} }),
	changesType: (at, type) => ({ at, request: (ask) => {
		ask.headers = withHeader(ask.headers, 'Content-Type', type);
	} }),
	ownHost: () => ({ at: 'all', request: (ask) => {
		ask.headers = withHeader(ask.headers, 'Host', ask.proxy.upstream.host);
	} }),
	forbids: (at) => instead(at, () => json(403, { message: 'Forbidden' })),
	unauthorized: (at) => instead(at, () => json(401, { message: 'Unauthorized' })),
	noRoute: (at) => instead(at, () => json(404, { message: 'no Route matched with those values' })),
	negotiates: (at) => instead(at, () => html(401, '401 - Unauthorized', [['WWW-Authenticate', 'Negotiate'],
		['WWW-Authenticate', 'NTLM'], ['Server', 'Microsoft-IIS/10.0']])),
	cloudTimeOut: (at) => instead(at, () => html(522, 'Connection timed out', CLOUD)),
	status: (at, status) => instead(at, () => html(status, String(status))),
	captive: (at) => instead(at, () => html(511, 'Network Authentication Required', [],
		'<p>Please <a href="https://portal.invalid/">log in to the network</a>.</p>')),
	headersTooLong: (at) => instead(at, () => html(431, '431 Request Header Fields Too Large', GATEWAY)),
	cookieTooLong: (at) => instead(at, () => html(400, '400 Request Header Or Cookie Too Large', GATEWAY)),
};

// --- pages and redirects ----------------------------------------------------------------------

export const pages = {
	login: (at) => instead(at, () => html(200, 'Sign in', [], LOGIN)),
	loginRefused: (at) => instead(at, () => html(401, 'Sign in', [], LOGIN)),
	singlePage: (at) => instead(at, () => html(200, 'Portal', [], '<div id="root"></div><script src="/app.js"></script>')),
	toLogin: (at) => instead(at, () => reply(302, 'text/html', '', [['Location', 'https://sso.invalid/login?rd=back']])),
	toOtherHost: (at) => instead(at, (ask) => reply(307, 'text/plain', '',
		[['Location', `https://localhost:${ask.proxy.port}${ask.path}`]])),
	toSlash: (at) => instead(at, (ask) => reply(301, 'text/html', '', [['Location', `${ask.path}/`]])),
	toItself: (at) => instead(at, (ask) => reply(302, 'text/html', '', [['Location', ask.path]])),
	toAndFro: (at) => instead(at, (ask) => reply(302, 'text/html', '', [['Location',
		ask.path.includes('?again') ? ask.path.replace('?again', '') : `${ask.path}?again`]])),
	toHttps: (target) => instead('all', (ask) => reply(301, 'text/html', '', [['Location', target + ask.path]])),
	notFound: (at) => instead(at, () => html(404, '404 Not Found', GATEWAY)),
	wrongMethod: (at) => instead(at, () => html(405, '405 Not Allowed', [['Allow', 'GET, HEAD'], ...GATEWAY])),
	wrongType: (at) => instead(at, () => reply(415, 'application/json', '{"message":"Unsupported Media Type"}')),
};

// --- the wire ---------------------------------------------------------------------------------

export const wire = {
	cutShort: (at) => raw(at, (s, r) => s.end(Buffer.concat(
		[head(r, [`Content-Length: ${r.body.length + 200}`]), r.body]))),
	resetInside: (at) => raw(at, (s, r) => s.write(Buffer.concat(
		[head(r, [`Content-Length: ${r.body.length}`]), r.body.subarray(0, 10)]), () => s.destroy())),
	resetBefore: (at) => instead(at, (ask) => {
		ask.socket.destroy();
		return null;
	}),
	badChunks: (at) => raw(at, (s, r) => s.end(Buffer.concat(
		[head(r, ['Transfer-Encoding: chunked']), Buffer.from('zz\r\n'), r.body]))),
	chunksCut: (at) => raw(at, (s, r) => s.end(Buffer.concat([head(r, ['Transfer-Encoding: chunked']),
		Buffer.from(`${r.body.length.toString(16)}\r\n`), r.body, Buffer.from('\r\n')]))),
	notHttp: (at) => instead(at, (ask) => {
		ask.socket.end('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
		return null;
	}),
	hangs: (at) => instead(at, () => null),
	drips: (at) => raw(at, (s, r) => {
		s.write(head(r, [`Content-Length: ${r.body.length}`]));
		let i = 0;
		const timer = setInterval(() => s.write(r.body.subarray(i, ++i)), DRIP_MS);
		s.on('close', () => clearInterval(timer));
	}),
	huge: (at) => raw(at, (s, r) => {
		s.write(head(r, [`Content-Length: ${HUGE}`]));
		let left = HUGE / PIECE;
		const piece = Buffer.alloc(PIECE, ' ');
		const more = () => !s.destroyed && (left-- > 0 ? s.write(piece, more) : s.end());
		more();
	}),
	twoLengths: (at) => raw(at, (s, r) => s.end(Buffer.concat(
		[head(r, [`Content-Length: ${r.body.length}`, 'Content-Length: 5']), r.body]))),
	nonsense: (at) => instead(at, (ask) => {
		ask.socket.end('\x15\x03\x01\x00\x02\x02\x28');
		return null;
	}),
	hugeHeaders: (at) => raw(at, (s, r) => s.end(Buffer.concat([head(r, [`X-Filler: ${'x'.repeat(200 << 10)}`,
		`Content-Length: ${r.body.length}`]), r.body]))),
};

// --- bodies -----------------------------------------------------------------------------------

const rebody = (at, change) => ({ at, reply: (r) => {
	r.body = Buffer.from(change(r.body));
} });
const retype = (at, type) => ({ at, reply: (r) => {
	r.headers = withHeader(r.headers, 'Content-Type', type);
} });

export const bodies = {
	gzipUnsaid: (at) => rebody(at, (b) => gzipSync(b)),
	bom: (at) => rebody(at, (b) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), b])),
	empty: (at) => rebody(at, () => ''),
	form: (at) => ({ at, reply: (r) => {
		if (r.body.length === 0)
			return;
		r.body = Buffer.from(new URLSearchParams(JSON.parse(r.body)).toString());
		r.headers = withHeader(r.headers, 'Content-Type', 'application/x-www-form-urlencoded');
	} }),
	trailing: (at) => rebody(at, (b) => `${b}<!-- served by web-03 in 12 ms -->`),
	halfJson: (at) => rebody(at, (b) => b.subarray(0, b.length / 2)),
	utf16: (at) => rebody(at, (b) => Buffer.from(b.toString(), 'utf16le')),
	jsonp: (at) => rebody(at, (b) => `callback(${b});`),
	guarded: (at) => rebody(at, (b) => `)]}',\n${b}`),
	xml: (at) => ({ at, reply: (r) => {
		r.body = Buffer.from('<?xml version="1.0"?><user><sub>user-1</sub></user>');
		r.headers = withHeader(r.headers, 'Content-Type', 'application/xml');
	} }),
	value: (at, text) => rebody(at, () => text),
	nested: (at) => rebody(at, (b) => `{"status":"ok","data":${b}}`),
	noContent: (at) => instead(at, () => ({ status: 204, body: Buffer.alloc(0),
		headers: [['Date', new Date().toUTCString()]] })),
	asHtml: (at) => retype(at, 'text/html; charset=utf-8'),
	asText: (at) => retype(at, 'text/plain'),
	errorIn200: (at) => instead(at, () => json(200, { error: 'invalid_token', error_description: 'no such token' })),
	failsFor: (at) => ({ at, answer: (ask) =>
		(ask.nth === 0 ? json(500, { message: 'Internal Server Error', request: 'a81f' }) : undefined) }),
};

// --- what a server (or a cache) says ----------------------------------------------------------

const INACTIVE = { active: false };

export const says = {
	skewed: (seconds) => ({ at: 'all', reply: (r) => {
		r.headers = withHeader(r.headers, 'Date', new Date(Date.now() + seconds * 1000).toUTCString());
	} }),
	noDate: () => ({ at: 'all', reply: (r) => {
		r.headers = without(r.headers, 'Date');
	} }),
	inactive: (at = 'introspection') => instead(at, () => json(200, INACTIVE)),
	activeOnly: () => edit('introspection', ({ active }) => ({ active })),
	// a server whose clock is SECONDS off, and that refuses the token for it
	refusesByClock: (seconds) => ({ at: 'all', reply: (r, ask) => {
		if (ask.at === 'introspection')
			Object.assign(r, json(200, INACTIVE));
		if (ask.at === 'userinfo')
			Object.assign(r, json(401, { error: 'invalid_token' },
				[['WWW-Authenticate', 'Bearer error="invalid_token"']]));
		r.headers = withHeader(r.headers, 'Date', new Date(Date.now() + seconds * 1000).toUTCString());
	} }),
	// what the live answer was, as a gateway's cache keeps it
	cached: (kept, more) => ({ at: 'introspection', reply: (r) => {
		if (JSON.parse(r.body).active !== false || r.status !== 200)
			return;
		r.body = Buffer.from(JSON.stringify(kept));
		r.headers = [...r.headers, ...more];
	} }),
	member: (at, members) => edit(at, (doc) => ({ ...doc, ...members(doc) })),
	lacks: (at, ...names) => edit(at, (doc) => {
		for (const name of names)
			delete doc[name];
	}),
	otherSub: () => edit('userinfo', (doc) => ({ ...doc, sub: 'someone-else' })),
	keys: (change) => edit('jwks', (doc) => ({ keys: doc.keys.map(change) })),
	oauthError: (at, status, error, more = {}, headers = []) =>
		instead(at, () => json(status, { error, ...more }, headers)),
	challenge: (status, value) => instead('userinfo', () => reply(status, 'text/plain', '', [['WWW-Authenticate', value]])),
	// the server, or what stands before it, repeats what it was sent
	echoes: (at) => instead(at, (ask) => json(401, { error: 'invalid_token',
		error_description: `Invalid access token: ${header(ask.headers, 'authorization').split(' ')[1]}` })),
	echoesHeader: (at) => ({ at, reply: (r, ask) => {
		r.headers = [...r.headers, ['X-Debug-Auth', header(ask.headers, 'authorization') ?? 'none'],
			['Set-Cookie', `sid=${Buffer.from(ask.path + ask.nth).toString('hex')}0123456789abcdef; Path=/; HttpOnly`]];
	} }),
	echoesForm: (at) => edit(at, (doc, ask) => ({ ...doc, request: String(ask.body),
		authorization: header(ask.headers, 'authorization') })),
	escapes: (at) => instead(at, () => json(401, { error: 'invalid_token',
		error_description: '\u001b]0;owned\u0007\u001b[2J\u202egnihtyna\u0000\u200b\r\n' },
	[['WWW-Authenticate', 'Bearer error="invalid_token", error_description="\x9b31m"']])),
	// the resource that the profile names, at a path of no endpoint
	resource: (...answers) => instead('other', (ask) => answers[Math.min(ask.nth, answers.length - 1)]()),
	// both endpoints know a new token only after a while
	late: (ms) => {
		let since;
		const early = () => Date.now() - (since ??= Date.now()) < ms;
		return { at: ['introspection', 'userinfo'], answer: (ask) => {
			if (!early())
				return undefined;
			return ask.at === 'introspection' ? json(200, INACTIVE)
				: json(401, { error: 'invalid_token' }, [['WWW-Authenticate', 'Bearer error="invalid_token"']]);
		} };
	},
	nothing: (at) => instead(at, () => reply(200, 'text/plain', '')),
};

// --- healthy all the same ---------------------------------------------------------------------

export const harmless = {
	none: () => ({ at: 'none' }),
	gzip: () => ({ at: 'all', reply: (r, ask) => {
		if (!/gzip/.test(header(ask.headers, 'accept-encoding') ?? ''))
			return;
		r.body = gzipSync(r.body);
		r.headers = withHeader(r.headers, 'Content-Encoding', 'gzip');
	} }),
	chunked: () => raw('all', (s, r) => {
		s.write(head(r, ['Transfer-Encoding: chunked']));
		for (const byte of r.body)
			s.write(`1;note=x\r\n${String.fromCharCode(byte)}\r\n`, 'latin1');
		s.write('0\r\n\r\n');
	}),
	closes: () => raw('all', (s, r) => s.end(Buffer.concat([head(r, ['Connection: close']), r.body]))),
	earlyHints: () => ({ at: 'all', reply: (r, ask) => {
		ask.res.writeEarlyHints({ link: '</style.css>; rel=preload' });
	} }),
	space: () => ({ at: 'all', reply: (r) => {
		r.body = Buffer.concat([Buffer.from('\n  '), r.body, Buffer.from('\r\n\n')]);
	} }),
	// endpoints on another host than the issuer's, which the metadata names
	splitHosts: () => edit('discovery', (doc) => Object.fromEntries(Object.entries(doc).map(([k, v]) =>
		[k, k === 'issuer' || typeof v !== 'string' ? v : v.replace('//127.0.0.1:', '//localhost:')]))),
	// metadata by RFC 8414 alone
	oauthMetadata: () => ({ at: 'discovery', answer: (ask) => {
		const mark = '/.well-known/oauth-authorization-server';
		if (!ask.path.startsWith(mark))
			return html(404, 'Not Found');
		ask.path = `${ask.path.slice(mark.length)}/.well-known/openid-configuration`;
		return undefined;
	} }),
	moreKeys: () => edit('jwks', (doc) => ({ keys: [{ kty: 'oct' }, { kty: 'AKP', alg: 'ML-DSA-65', kid: 'q', pub: 'AA' },
		{ kty: 'EC', crv: 'P-256', use: 'enc', kid: 'e', x: 'AA', y: 'AA' }, ...doc.keys] })),
	oddHeaders: () => ({ at: 'all', reply: (r) => {
		r.headers = [...withHeader(r.headers, 'Date', 'yesterday, at noon'), ['Retry-After', '-1'], ['Age', 'old'],
			['WWW-Authenticate', '=,;"'], ['Expires', '0'], ['X-Empty', '']];
	} }),
	large: () => edit('userinfo', (doc) => ({ ...doc, groups: Array.from({ length: 30000 }, (x, i) => `group-number-${i}`) })),
	deep: () => ({ at: 'userinfo', reply: (r) => {
		r.body = Buffer.from(r.body.toString().replace(/^\{/, `{"x":${'['.repeat(60)}${']'.repeat(60)},`));
	} }),
	slow: (ms) => ({ at: 'all', reply: () => new Promise((done) => setTimeout(done, ms)) }),
	extraHeaders: () => ({ at: 'all', reply: (r) => {
		r.headers = [...r.headers, ['Via', '1.1 edge'], ['X-Cache', 'MISS'], ['Age', '0'], ['Set-Cookie', 'lb=a1; Path=/'],
			['Server', 'cloudflare'], ['CF-RAY', '8f00ba400c0ffee1-FRA'], ['X-RateLimit-Remaining', '0']];
	} }),
};
