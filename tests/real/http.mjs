// A small HTTP client with a private authority and a cookie jar.  Redirects are
// never followed by themselves.
import http from 'node:http';
import https from 'node:https';

const LIMIT_MS = 20000;

export const form = (fields) => new URLSearchParams(fields).toString();

// RFC 6749 §2.3.1: identifier and secret are form-encoded before Base64.
const formEncode = (s) => form({ s }).slice(2);
export const basic = (id, secret) =>
	'Basic ' + Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64');
export const basicRaw = (id, secret) =>
	'Basic ' + Buffer.from(`${id}:${secret}`).toString('base64');

class Jar {
	#cookies = new Map();
	keep(lines = []) {
		for (const line of lines) {
			const [pair, ...attrs] = line.split(';');
			const eq = pair.indexOf('=');
			const name = pair.slice(0, eq).trim();
			const path = attrs.map((a) => a.trim()).find((a) => /^path=/i.test(a))?.slice(5) || '/';
			const value = pair.slice(eq + 1).trim();
			const gone = attrs.some((a) => /^\s*expires=Thu, 01 Jan 1970/i.test(a));
			if (gone || value === '')
				this.#cookies.delete(`${name} ${path}`);
			else
				this.#cookies.set(`${name} ${path}`, { name, value, path });
		}
	}
	header(path) {
		return [...this.#cookies.values()].filter((c) => path.startsWith(c.path))
			.map((c) => `${c.name}=${c.value}`).join('; ');
	}
}

export class Client {
	jar = new Jar();
	constructor({ ca, cert, key } = {}) {
		this.tls = { ca, cert, key };
	}

	// {method, headers, form: object, json: any} -> {status, headers, body, json}
	request(url, opts = {}) {
		const u = new URL(url);
		const headers = { accept: 'application/json', ...opts.headers };
		let body;
		if (opts.form) {
			body = form(opts.form);
			headers['content-type'] = 'application/x-www-form-urlencoded';
		} else if (opts.json !== undefined) {
			body = JSON.stringify(opts.json);
			headers['content-type'] = 'application/json';
		}
		if (body !== undefined)
			headers['content-length'] = Buffer.byteLength(body);
		const cookies = this.jar.header(u.pathname);
		if (cookies)
			headers.cookie = cookies;
		const mod = u.protocol === 'https:' ? https : http;
		const method = opts.method || (body === undefined ? 'GET' : 'POST');
		return new Promise((resolve, reject) => {
			const req = mod.request(u, { method, headers, ...this.tls, agent: false,
				timeout: LIMIT_MS }, (res) => {
				const parts = [];
				res.on('data', (d) => parts.push(d));
				res.on('error', reject);
				res.on('end', () => {
					this.jar.keep(res.headers['set-cookie']);
					const text = Buffer.concat(parts).toString('utf8');
					let json;
					try {
						json = JSON.parse(text);
					} catch {
						json = undefined;
					}
					resolve({ status: res.statusCode, headers: res.headers, body: text, json });
				});
			});
			req.on('timeout', () => req.destroy(new Error(`no answer from ${u.host} in time`)));
			req.on('error', reject);
			req.end(body);
		});
	}

	post(url, fields, headers) {
		return this.request(url, { form: fields, headers });
	}
}
