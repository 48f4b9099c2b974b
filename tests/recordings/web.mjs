// What the browser sees of the net: a forward proxy that serves the application's own pages (http://localhost) and passes
// the rest on, with the headers of CORS or without them.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { gzipSync } from 'node:zlib';

const APP = 'http://localhost';

// A page that does what single-page applications do; call() is driven from outside.
const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/app.css"><script>
async function call(method, url, headers, body) {
	try {
		const r = await fetch(url, { method, headers, body, credentials: 'omit' });
		return { status: r.status, text: await r.text() };
	} catch (err) {
		return { failed: String(err) };
	}
}
async function noise(from, count) {
	for (let i = from; i < from + count; i++) {
		const form = new FormData();
		form.append('file', new Blob(['x'.repeat(64)], { type: 'text/plain' }), 'notes.txt');
		form.append('event', 'click ' + i);
		await Promise.allSettled([fetch('/static/chunk' + i + '.js'), fetch('/static/picture' + i + '.png'),
			fetch('/api/items?page=' + i + '&token_type=x'), i % 10 ? 0 : fetch('/collect', { method: 'POST', body: form }),
			i % 10 ? 0 : fetch('/old/' + i), i % 10 ? 0 : fetch('http://localhost:1/blocked')]);
	}
	return count;
}
const talk = () => new Promise((done) => {
	const ws = new WebSocket('ws://localhost/socket');
	ws.onopen = () => ws.send('{"subscribe":"news"}');
	ws.onmessage = () => { ws.close(); done(true); };
	ws.onerror = () => done(false);
});
</script></head><body>app</body></html>`;

const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

function ownPage(req, res, path) {
	const send = (type, body, more = {}) => {
		res.writeHead(more.status ?? 200, { 'content-type': type, ...more.headers });
		res.end(body);
	};
	if (path.startsWith('/static/picture'))
		return send('image/png', picture);
	if (path.startsWith('/static/'))
		return send(path.endsWith('.css') ? 'text/css' : 'text/javascript',
			gzipSync('/* "entries": [ */'.repeat(100)), { headers: { 'content-encoding': 'gzip' } });
	if (path.startsWith('/old/'))
		return send('text/plain', '', { status: 302, headers: { location: `/api/items?page=${path.slice(5)}` } });
	if (path.startsWith('/api/') || path === '/collect')
		return send('application/json', '{"items":[{"id":1,"state":"active"}],"error":null}',
			{ headers: { 'set-cookie': [`a=${path.length}`, 'b=2'] } });
	return send('text/html; charset=utf-8', PAGE);
}

const corsHeaders = (req) => ({ 'access-control-allow-origin': req.headers.origin, 'access-control-allow-methods': 'GET, POST',
	'access-control-allow-headers': 'authorization, content-type', 'access-control-expose-headers': 'www-authenticate', vary: 'origin' });

export async function openWeb() {
	const sockets = new Set();
	const web = { cors: 'all' }; // none; success: not on errors, as many gateways have it
	const server = http.createServer((req, res) => {
		const url = new URL(req.url, APP);
		if (url.origin === APP || url.origin === web.own)
			return ownPage(req, res, url.pathname);
		const allow = web.cors !== 'none' && req.headers.origin ? corsHeaders(req) : {};
		if (req.method === 'OPTIONS' && web.cors !== 'none') {
			res.writeHead(204, allow);
			return res.end();
		}
		const up = http.request(url, { method: req.method, headers: { ...req.headers, host: url.host } }, (back) => {
			res.writeHead(back.statusCode, back.statusMessage, { ...back.headers, ...(web.cors === 'success' && back.statusCode >= 400 ? {} : allow) });
			back.pipe(res);
		});
		up.on('error', () => res.destroy()); // as if nobody were there
		req.pipe(up);
		return undefined;
	});
	server.on('connection', (s) => {
		sockets.add(s);
		s.on('error', () => s.destroy());
		s.on('close', () => sockets.delete(s));
	});
	// a web socket comes through a tunnel: one message is answered by one
	server.on('connect', (req, socket) => {
		let seen = '';
		socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
		socket.on('data', (data) => {
			const key = /sec-websocket-key: *(\S+)/i.exec(seen += data.toString('latin1'));
			if (!key) // a frame
				return socket.write(Buffer.from('\x81\x02ok', 'latin1'));
			seen = '';
			return socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
				+ `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key[1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')}\r\n\r\n`);
		});
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	web.proxy = `http://127.0.0.1:${server.address().port}`;
	web.app = `${APP}/`;
	web.own = web.proxy; // the same pages, without a proxy
	web.close = async () => {
		sockets.forEach((s) => s.destroy());
		await new Promise((done) => server.close(done));
	};
	return web;
}
