// A reverse proxy on loopback that stands before a real server, as gateways do,
// and once armed does one thing wrong at one endpoint (see faults.mjs).  Before
// that it only passes on, so that tokens can be had through it.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';

const LIMIT_MS = 20000;
const HOP_BY_HOP = /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|http2-settings|:.*)$/i;

const whole = async (stream) => {
	const parts = [];
	for await (const part of stream)
		parts.push(part);
	return Buffer.concat(parts);
};

const pairs = (raw) => {
	const out = [];
	for (let i = 0; i < raw.length; i += 2)
		if (!HOP_BY_HOP.test(raw[i]))
			out.push([raw[i], raw[i + 1]]);
	return out;
};

export const header = (list, name) => list.find(([k]) => k.toLowerCase() === name.toLowerCase())?.[1];
export const without = (list, name) => list.filter(([k]) => k.toLowerCase() !== name.toLowerCase());
export const withHeader = (list, name, value) => [...without(list, name), [name, value]];

export class FaultProxy {
	#sockets = new Set();
	#fault = null;
	#asked = new Map();
	errors = [];		// of the proxy itself, which no case may have

	// upstream: origin of the server; paths: {endpoint: pathname}; tls: {key, cert, …}, or
	// undefined for plain HTTP; h2: HTTP/2 too; rewrites: puts its own address into the
	// metadata of a server that cannot be told its outside name
	constructor({ upstream, paths, ca, tls, h2 = false, rewrites = false }) {
		this.rewrites = rewrites;
		this.upstream = new URL(upstream);
		this.at = new Map(Object.entries(paths).map(([name, path]) => [path, name]));
		this.agent = new https.Agent({ keepAlive: true, ca });
		const listener = (req, res) => this.#serve(req, res).catch((err) => {
			this.errors.push(err.stack);
			req.socket?.destroy();
		});
		this.server = !tls ? http.createServer(listener)
			: h2 ? http2.createSecureServer({ allowHTTP1: true, ...tls }, listener)
				: https.createServer(tls, listener);
		for (const event of ['connection', 'secureConnection'])
			this.server.on(event, (s) => {
				this.#sockets.add(s);
				s.on('error', () => {});
				s.on('close', () => this.#sockets.delete(s));
			});
		this.server.on('tlsClientError', () => {});
		this.server.on('clientError', (err, socket) =>
			socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
		this.secure = Boolean(tls);
	}

	async listen() {
		await new Promise((done, fail) => {
			this.server.on('error', fail);
			this.server.listen(0, '127.0.0.1', done);
		});
		this.port = this.server.address().port;
		this.origin = `${this.secure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
		return this;
	}

	arm(fault) {
		this.#fault = fault;
		this.#asked.clear();
	}

	async close() {
		const closed = new Promise((done) => this.server.close(done));
		for (const s of this.#sockets)
			s.destroy();
		this.agent.destroy();
		await closed;
	}

	#own(bytes) {
		return Buffer.from(bytes.toString().replaceAll(this.upstream.origin, this.origin));
	}

	#endpoint(path) {
		if (/\/\.well-known\/(openid-configuration|oauth-authorization-server)/.test(path))
			return 'discovery';
		return this.at.get(path) ?? 'other';
	}

	async #serve(req, res) {
		const url = new URL(req.url, this.origin);
		const at = this.#endpoint(url.pathname);
		const ask = { at, method: req.method, path: req.url, headers: pairs(req.rawHeaders),
			body: await whole(req), proxy: this, socket: req.socket, res };
		if (req.httpVersionMajor === 2)
			ask.headers = withHeader(ask.headers, 'Host', req.headers[':authority']);
		const fault = this.#fault && (this.#fault.at === 'all' || [this.#fault.at].flat().includes(at))
			? this.#fault : {};
		ask.nth = this.#asked.get(at) ?? 0;
		this.#asked.set(at, ask.nth + 1);
		await fault.request?.(ask);
		let reply = await fault.answer?.(ask);
		if (reply === null)
			return;			// the fault has answered, or never will
		reply ??= await this.#forward(ask);
		await fault.reply?.(reply, ask);
		if (fault.send)
			return void await fault.send(reply, ask);
		this.#send(reply, ask);
	}

	#send({ status, headers, body }, { res, method }) {
		const out = withHeader(headers, 'Content-Length', String(body.length));
		const flat = {};
		for (const [k, v] of out)
			flat[k] = flat[k] === undefined ? v : [flat[k], v].flat();
		res.sendDate = false;		// the server's own, or none
		res.writeHead(status, flat);
		res.end(method === 'HEAD' ? undefined : body);
	}

	#forward({ method, path, headers, body, at }) {
		const flat = {};
		for (const [k, v] of without(headers, 'content-length'))
			flat[k] = flat[k] === undefined ? v : [flat[k], v].flat();
		if (body.length > 0 || method === 'POST')
			flat['Content-Length'] = String(body.length);
		const options = { host: this.upstream.hostname, port: this.upstream.port,
			agent: this.agent, method, path, headers: flat, timeout: LIMIT_MS };
		const ask = (done, fail) => {
			const up = https.request(options, async (res) => {
				try {
					const bytes = await whole(res);
					done({ status: res.statusCode, headers: pairs(res.rawHeaders),
						body: this.rewrites && at === 'discovery' ? this.#own(bytes) : bytes });
				} catch (err) {
					fail(err);
				}
			});
			up.on('timeout', () => up.destroy(new Error('the server does not answer')));
			// an idle connection that the server closed meanwhile has carried nothing
			up.on('error', (err) => (up.reusedSocket && err.code === 'ECONNRESET' ? ask(done, fail) : fail(err)));
			up.end(body);
		};
		return new Promise(ask);
	}
}
