// A proxy as companies have them: clients ask it to CONNECT.  mode: passes, wants
// (credentials), forbids, fails, hangs, or inspects (ends TLS itself, with a
// certificate of its own authority).
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';

const REFUSALS = {
	wants: 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corporate proxy"\r\n',
	forbids: 'HTTP/1.1 403 Forbidden\r\n',
	fails: 'HTTP/1.1 502 Bad Gateway\r\n',
};

export async function openForwardProxy(mode, tls) {
	const sockets = new Set();
	const keep = (s) => {
		sockets.add(s);
		s.on('error', () => s.destroy());
		s.on('close', () => sockets.delete(s));
	};
	const inspector = https.createServer(tls, (req, res) => res.end('{}'));
	inspector.on('tlsClientError', () => {});
	inspector.on('connection', keep);
	await new Promise((done) => inspector.listen(0, '127.0.0.1', done));
	const server = http.createServer((req, res) => {
		res.writeHead(400);
		res.end();
	});
	server.on('connection', keep);
	server.on('connect', (req, socket) => {
		if (mode === 'hangs')
			return;
		if (REFUSALS[mode]) {
			socket.end(`${REFUSALS[mode]}Content-Length: 0\r\nConnection: close\r\n\r\n`);
			return;
		}
		const port = mode === 'inspects' ? inspector.address().port : Number(req.url.split(':').pop());
		const up = connect(port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			up.pipe(socket).pipe(up);
		});
		keep(up);
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const close = async () => {
		for (const s of sockets)
			s.destroy();
		await Promise.all([server, inspector].map((s) => new Promise((done) => s.close(done))));
	};
	return { url: `http://127.0.0.1:${server.address().port}`, close };
}
