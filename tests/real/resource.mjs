// A resource server with a user's data of its own, over HTTPS on loopback.  It asks the authorization server about
// each token (RFC 7662), and serves only those that were issued for it.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { introspect } from './mint.mjs';

// Resolves to {url, close()}.
export function startResource(certs, server) {
	const pem = (name) => readFileSync(join(certs.dir, name));
	const me = server.clients['app-post'];
	const listener = https.createServer({ key: pem('server.key'), cert: pem('good.pem') }, async (req, res) => {
		const say = (status, headers, json) => {
			res.writeHead(status, { 'content-type': 'application/json', ...headers });
			res.end(JSON.stringify(json));
		};
		const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
		if (!token) {
			say(401, { 'www-authenticate': 'Bearer' }, {});
			return;
		}
		const { json } = await introspect(server, me, token, certs.pem).catch(() => ({}));
		if (json?.active && json.aud === server.resource.opaque)
			say(200, {}, { sub: json.sub, name: 'Test User' });
		else
			say(401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="not for this resource"' }, {});
	});
	return new Promise((done, fail) => {
		listener.on('error', fail);
		listener.on('tlsClientError', () => {});
		listener.listen(0, '127.0.0.1', () => done({ url: `https://127.0.0.1:${listener.address().port}/me`,
			close: () => listener.close() }));
	});
}
