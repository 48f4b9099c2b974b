// node with-logins.mjs [--glewlwyd] -- COMMAND…
// Starts oidc-provider (or glewlwyd) and runs COMMAND, which asks for what it needs by lines on descriptor 3,
// one answer a line ("ok WORDS" or "error WORDS"):
//   case NAME            → ok FOLDER     of a row of `cases`: tokentriage.conf, its token files
//   secret               → ok VALUE      of that case's client; "none" where it has none
//   user                 → ok SUB        whom the browser logs in as
//   visit URL            → ok ADDRESS    where the scripted browser ends
//   device URL CODE      → ok ADDRESS    … after it entered the code
//   forget               → ok            the browser is logged in nowhere
//   spend                → ok STATUS     the case's refresh token is used once, by somebody else
// Ends with COMMAND's status; the server and the folders are gone then.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Browser } from './browser.mjs';
import { writeCase } from './config.mjs';
import { glewlwydBrowser } from './glewlwyd-browser.mjs';
import { mintByCode, mintByPassword, refresh, userinfo, writeSecret } from './mint.mjs';
import { startResource } from './resource.mjs';
import { makeCerts, startGlewlwyd, startOidc } from './world.mjs';

const split = process.argv.indexOf('--');
const command = split < 0 ? [] : process.argv.slice(split + 1);
const { values: opt } = parseArgs({ args: process.argv.slice(2, split < 0 ? undefined : split),
	options: { glewlwyd: { type: 'boolean', default: false } } });
if (command.length === 0) {
	console.error('usage: with-logins.mjs [--glewlwyd] -- COMMAND…');
	process.exit(2);
}

const cert = (name) => ({ client_cert_file: join(certs.dir, `${name}.pem`),
	client_key_file: join(certs.dir, `${name}.key`) });

// The redirect goes where nobody is, and is pasted back.
const ELSEWHERE = 'https://app.invalid/';

// Who asks whom: the client, what the profile says besides, and whether there are tokens to begin with.
const cases = opt.glewlwyd ? {
	code: () => ({ client: 'app-basic', change: { redirect_uri: `${ELSEWHERE}callback` } }),
	device: () => ({ client: 'app-basic' }),
} : {
	code: () => ({ client: 'app-basic', tokens: true }),
	spent: () => ({ client: 'app-basic', tokens: true }),
	public: () => ({ client: 'app-public' }),
	web: () => ({ client: 'app-web', change: { redirect_uri: server.clients['app-web'].redirect_uri } }),
	device: () => ({ client: 'app-basic' }),
	push: () => ({ client: 'app-basic', change: { issuer: server.pushes } }),
	resource: () => ({ client: 'app-basic', change: { resource: server.resource.opaque,
		scope: 'openid profile api:read', resource_url: resource.url } }),
	dpop: () => ({ client: 'app-dpop', change: { issuer: server.nonces, dpop: true } }),
	certificate: () => ({ client: 'app-self', change: cert('self') }),
	assertion: () => ({ client: 'app-key', change: { client_auth: undefined,
		client_assertion_key_file: writeSecret(dir, 'assertion-key', server.clients['app-key'].key) } }),
};

let current;
async function open(name) {
	const { client: id, change, tokens } = cases[name]();
	const client = server.clients[id];
	const got = !tokens ? {} : opt.glewlwyd ? await mintByPassword(server, client, { user: server.user, ca: certs.pem })
		: await mintByCode(server, client, { ca: certs.pem });
	const folder = join(dir, name);
	writeCase(folder, { server, client, caFile: certs.file, tokens: got, change });
	current = { client, tokens: got };
	return folder;
}

async function spend() {
	const res = await refresh(server, current.client, current.tokens.refresh_token, certs.pem);
	return String(res.status);
}

const newBrowser = () => (opt.glewlwyd ? glewlwydBrowser({ glewlwyd: server, ca: certs.pem }) : new Browser(certs.pem));

async function confirm(url, code) {
	const end = opt.glewlwyd ? await browser.confirm({ url, code }) : await browser.open(`${url}?user_code=${code}`);
	if (end.error || end.status !== 200)
		throw new Error(end.error ?? `the device's page: ${end.status}`);
	return end.url;
}

const asked = {
	case: open,
	secret: () => current.client.secret ?? 'none',
	user: () => sub,
	visit: async (url) => (await browser.open(url, { last: ELSEWHERE })).url,
	device: confirm,
	forget: async () => {
		browser = await newBrowser();
		return '';
	},
	spend,
};

async function answer(line) {
	const [verb, ...words] = line.split(' ');
	try {
		return `ok ${await asked[verb](...words)}`;
	} catch (err) {
		return `error ${err.message.replace(/\s+/g, ' ')}`;
	}
}

function run() {
	const child = spawn(command[0], command.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
	for (const sig of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(sig, () => child.kill(sig));
	child.stdio[3].on('error', () => {});
	createInterface({ input: child.stdio[3] }).on('line', async (line) => child.stdio[3].write(await answer(line) + '\n'));
	return new Promise((done) => {
		child.on('error', (err) => {
			console.error(`with-logins.mjs: ${err.message}`);
			done(127);
		});
		child.on('close', (code, sig) => done(sig ? 128 + constants.signals[sig] : code));
	});
}

const dir = mkdtempSync(join(process.env.TMPDIR || tmpdir(), 'tt-logins-'));
let certs;
let started;
let server;
let resource;
let browser;
let sub = 'user-1';
let status = 99;
try {
	certs = makeCerts(join(dir, 'certs'));
	started = opt.glewlwyd ? await startGlewlwyd(certs, join(dir, 'glewlwyd')) : await startOidc(certs);
	server = started.ready;
	resource = opt.glewlwyd ? undefined : await startResource(certs, server);
	browser = await newBrowser();
	if (opt.glewlwyd)	// it makes an identifier of its own
		sub = (await userinfo(server, (await mintByPassword(server, server.clients['app-basic'],
			{ user: server.user, ca: certs.pem })).access_token, certs.pem)).json.sub;
	status = await run();
} catch (err) {
	console.error(`with-logins.mjs: ${err.message}`);
} finally {
	resource?.close();
	await started?.stop();
	rmSync(dir, { recursive: true, force: true });
}
process.exit(status);
