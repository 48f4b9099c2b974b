// node with-oidc.mjs [--client ID] [--scope S] [--resource R] [--expired] -- COMMAND…
// Starts oidc-provider, mints tokens, writes a configuration and token files into
// a temporary folder, and runs COMMAND with these in its environment:
//   TT_CONFIG  the configuration (profile "real", its default)    TT_DIR  the folder
//   TT_ISSUER  TT_CA_FILE  TT_CLIENT_ID  TT_CLIENT_SECRET
//   TT_ACCESS_TOKEN_FILE  TT_REFRESH_TOKEN_FILE  TT_ID_TOKEN_FILE  TT_SERVER (ready line, a file)
// Ends with COMMAND's status; the server and the folder are gone then.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCase } from './config.mjs';
import { mintByCode, writeSecret } from './mint.mjs';
import { makeCerts, startOidc, untilDead } from './world.mjs';

const split = process.argv.indexOf('--');
const command = split < 0 ? [] : process.argv.slice(split + 1);
const { values: opt } = parseArgs({ args: process.argv.slice(2, split < 0 ? undefined : split), options: {
	client: { type: 'string' }, scope: { type: 'string', default: 'openid profile email' },
	resource: { type: 'string' }, expired: { type: 'boolean', default: false },
} });
if (command.length === 0) {
	console.error('usage: with-oidc.mjs [--client ID] [--scope S] [--resource R] [--expired] -- COMMAND…');
	process.exit(2);
}

function run(env) {
	const child = spawn(command[0], command.slice(1), { env, stdio: 'inherit' });
	for (const sig of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(sig, () => child.kill(sig));
	return new Promise((done) => {
		child.on('error', (err) => {
			console.error(`with-oidc.mjs: ${err.message}`);
			done(127);
		});
		child.on('close', (code, sig) => done(sig ? 128 + constants.signals[sig] : code));
	});
}

const dir = mkdtempSync(join(process.env.TMPDIR || tmpdir(), 'tt-oidc-'));
let server;
let status = 99;
try {
	const certs = makeCerts(join(dir, 'certs'));
	server = await startOidc(certs);
	const client = server.ready.clients[opt.client ?? (opt.expired ? 'app-short' : 'app-basic')];
	if (!client)
		throw new Error(`no client ${opt.client}`);
	const tokens = await mintByCode(server.ready, client,
		{ scope: opt.scope, resource: opt.resource, ca: certs.pem });
	if (opt.expired)
		await untilDead(server.ready, client, tokens.access_token, certs.pem);
	const files = writeCase(dir, { server: server.ready, client, caFile: certs.file, tokens });
	status = await run({ ...process.env, TT_DIR: dir, TT_CONFIG: files.config,
		TT_ISSUER: server.ready.issuer, TT_CA_FILE: certs.file, TT_CLIENT_ID: client.id,
		TT_CLIENT_SECRET: client.secret ?? '', TT_ACCESS_TOKEN_FILE: files.access,
		TT_REFRESH_TOKEN_FILE: files.refresh ?? '', TT_ID_TOKEN_FILE: files.id ?? '',
		TT_SERVER: writeSecret(dir, 'server.json', JSON.stringify(server.ready) + '\n') });
} catch (err) {
	console.error(`with-oidc.mjs: ${err.message}`);
} finally {
	await server?.stop();
	rmSync(dir, { recursive: true, force: true });
}
process.exit(status);
