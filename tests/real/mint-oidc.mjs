// mint-oidc.mjs --server FILE --ca FILE --out DIR [--client ID] [--scope S] [--resource R]
// Mints tokens from a running oidc-server.mjs, whose ready line is in FILE, and
// writes access-token, refresh-token and id-token (mode 0600) into DIR.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mintByCode, writeTokens } from './mint.mjs';

const { values: opt } = parseArgs({ options: {
	server: { type: 'string' }, ca: { type: 'string' }, out: { type: 'string' },
	client: { type: 'string', default: 'app-basic' },
	scope: { type: 'string', default: 'openid profile email' },
	resource: { type: 'string' },
} });
if (!opt.server || !opt.ca || !opt.out) {
	console.error('usage: mint-oidc.mjs --server FILE --ca FILE --out DIR [--client ID]');
	process.exit(2);
}
const server = JSON.parse(readFileSync(opt.server, 'utf8'));
const client = server.clients[opt.client];
if (!client) {
	console.error(`mint-oidc.mjs: no client ${opt.client}`);
	process.exit(2);
}
const response = await mintByCode(server, client,
	{ scope: opt.scope, resource: opt.resource, ca: readFileSync(opt.ca) });
for (const [role, file] of Object.entries(writeTokens(opt.out, response)))
	console.log(`${role} ${file}`);
