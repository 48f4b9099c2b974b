// redaction.mjs: plants secrets of every kind (plant.mjs) in what the program is given and what a server tells it, collects
// everything the program writes (reports in every form, log, case, HAR, stderr, what the wizard's screens show), and
// searches all of it for every value, plain, percent-encoded and in base64.  TAP.
import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acts, common, forms, given, pastes, v, values } from './plant.mjs';

const work = mkdtempSync(join(tmpdir(), 'tokentriage-redaction.'));
const at = (name) => join(work, name), out = (name) => join(work, 'out', name);
const formats = ['text', 'json', 'markdown', 'html', 'junit', 'har', 'sh', 'nagios', 'openmetrics'];
let n = 0, failed = false;
mkdirSync(at('out'));

function tell(wrong, what) {
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${what}`);
	wrong.slice(0, 12).forEach((line) => console.log(`# ${String(line).slice(0, 300)}`));
	failed ||= wrong.length > 0;
}

// Every file below a folder.
function below(folder, name) {
	if (!existsSync(folder))
		return [];
	return readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? below(join(folder, e.name), `${name}/${e.name}`)
		: [[`${name}/${e.name}`, readFileSync(join(folder, e.name), 'latin1')]]));
}

// --- the server ----------------------------------------------------------------------------------------------------------
let act = 'active', origin;
const asked = new Set(), proofs = new Map(); // what was answered; what the program itself signed

function note(req) {
	const form = new URLSearchParams(req.body);
	for (const [name, value] of [['client assertion', form.get('client_assertion')], ['DPoP proof', req.headers.dpop]])
		if (value) {
			proofs.set(name, [...(proofs.get(name) ?? []), value]);
			values[`${name} ${proofs.get(name).length}`] = value;
			values[`${name} ${proofs.get(name).length}, its signature`] = value.split('.')[2];
		}
}

async function answer(req, res) {
	req.body = '';
	for await (const part of req)
		req.body += part;
	note(req);
	const path = req.url.split('?')[0], make = acts[act][path] ?? common[path];
	if (!make)
		return res.writeHead(404).end();
	asked.add(`${act} ${path}`);
	const { status, headers, body = '', chunks } = make(req);
	res.writeHead(status, headers);
	for (let i = 0; chunks && i < body.length; i += chunks)
		res.write(body.slice(i, i + chunks));
	res.end(chunks ? '' : body);
}

function certificate() {
	// an authority of its own, and a server whose subject holds a secret of the user's and one by name
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', at('key.pem'),
		'-out', at('cert.pem'), '-subj', `/O=${v['access token']}/OU=password\\=${v['password in JSON']}/CN=localhost`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
	{ stdio: 'ignore' });
}

certificate();
const server = createServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) }, answer);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
origin = `https://127.0.0.1:${server.address().port}`;
const proxy = createPlain(answer).on('connect', (req, socket) =>
	socket.on('error', () => {}).end(`HTTP/1.1 403 no\r\nX-Seen: ${req.headers['proxy-authorization']}\r\n\r\n${req.headers['proxy-authorization']}`));
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));

// --- the program ---------------------------------------------------------------------------------------------------------
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
writeFileSync(at('client.pem'), pem, { mode: 0o600 });
values['private key of the client'] = pem.split('\n')[1];
void createPublicKey(pem);
writeFileSync(at('at'), v['access token'], { mode: 0o600 });
writeFileSync(at('rt'), v['refresh token'], { mode: 0o600 });
writeFileSync(at('idt'), given.idToken, { mode: 0o600 });
writeFileSync(at('jwt'), given.accessJwt, { mode: 0o600 });

function config(name, more = {}) {
	const profile = { name: 'p', issuer: origin, discovery: false, introspection_endpoint: `${origin}/introspect`, token_endpoint: `${origin}/token`,
		userinfo_endpoint: `${origin}/userinfo`, jwks_uri: `${origin}/jwks`, client_id: 'app', client_secret_env: 'PLANTED_SECRET',
		access_token_file: at('at'), refresh_token_file: at('rt'), id_token_file: at('idt'), ca_file: at('cert.pem'), timeout: 5, ...more };
	const words = Object.entries(profile).filter(([, x]) => x !== null).map(([k, x]) => `${k} = ${JSON.stringify(x)};`);
	writeFileSync(at(name), `default_profile = "p";\nprofiles = ({ ${words.join(' ')} headers = ( "X-Api-Key: ${v['header of the profile']}" ); });\n`, { mode: 0o600 });
	return at(name);
}

const env = { ...process.env, HOME: work, XDG_CONFIG_HOME: work, XDG_STATE_HOME: at('state'), PLANTED_SECRET: v['client secret with reserved characters'] };
// What it prints goes into files of its own: stdout and stderr are outputs, too.
function run(name, args, command = process.env.TOKENTRIAGE) {
	const child = spawn(command, args, { env, cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
	const text = { stdout: '', stderr: '' };
	for (const stream of Object.keys(text))
		child[stream].on('data', (d) => { text[stream] += d; });
	return new Promise((resolve) => child.on('close', (code) => {
		for (const [stream, words] of Object.entries(text))
			writeFileSync(out(`${name}.${stream}`), words);
		resolve({ code, ...text });
	}));
}

// One case, in every form there is.
async function all(name, file, args = []) {
	for (const format of formats)
		await run(`${name}.${format}`, ['inspect', file, '--format', format, ...args]);
}

async function check(name, conf, more = []) {
	const r = await run(name, ['check', '-c', conf, '--format', 'json', '--probes', 'all', '--save', out(`${name}.case`), '--har', out(`${name}.har`),
		'--log-file', out(`${name}.log`), '--trace', 'all', '--traceparent', '-v', ...more]);
	if (![0, 1, 3].includes(r.code))
		tell([r.stderr], `${name}: the walk came to an end (${r.code})`);
	await all(name, out(`${name}.case`));
	return r;
}

try {
	const good = config('good.conf');
	for (act of Object.keys(acts))
		await check(act, good);
	await check('refreshed', good, ['--refresh', '--tokens-out', at('new.json')]);
	act = 'active';
	await check('unknown-ca', config('no-ca.conf', { ca_file: null }));
	await check('proxied', config('proxy.conf', { proxy: `http://joe:${v['password of the proxy']}@127.0.0.1:${proxy.address().port}` }));
	act = 'refused'; // the active one repeats a client secret that these profiles do not have
	// the forms of a case that is alive, whose profile and tokens are at hand
	for (const format of formats) {
		await run(`live.${format}`, ['check', '-c', at('proxy.conf'), '--format', format]);
		await run(`live-good.${format}`, ['check', '-c', good, '--format', format]);
	}
	await check('assertion', config('jwt.conf', { client_auth: 'private_key_jwt', client_key_file: at('client.pem'), client_secret_env: null }));
	act = 'active';
	await check('jwt', config('jwt-token.conf', { access_token_file: at('jwt'), refresh_token_file: at('at') }));
	await check('dpop', config('dpop.conf', { dpop: true, dpop_key_file: at('client.pem') }));
	for (const flow of ['device', 'client-credentials']) {
		const r = await run(`login-${flow}`, ['login', '-c', good, '-p', 'p', '--flow', flow, '--device-authorization-endpoint', `${origin}/device`, '--save', out(`login-${flow}.case`), '--har', out(`login-${flow}.har`),
			'--tokens-out', at(`login-${flow}.json`), '--log-file', out(`login-${flow}.log`), '--trace', 'all', '-v']);
		tell(existsSync(at(`login-${flow}.json`)) && existsSync(out(`login-${flow}.har`)) ? [] : [r.code, r.stderr.slice(-200)], `login --flow ${flow} brought tokens`);
	}
	await run('config', ['check', '-c', good, '--print-config']);
	for (const [name, text] of Object.entries(pastes)) {
		writeFileSync(at(name), text);
		await run(`${name}.saved`, ['inspect', at(name), '--save', out(`${name}.case`), '--har', out(`${name}.of.har`), '-v']);
		await all(name, at(name));
	}
	// the wizard: every step, page and dialog that shows what is known
	for (act of ['active', 'refused', 'hostile', 'otherwise']) {
		for (const how of ['screens', 'lines']) {
			const r = await run(`${how}-${act}`, [how, out(`${how}-${act}.text`), process.env.TOKENTRIAGE, '-c', good, '-p', 'p',
				'--log-file', out(`${how}-${act}.log`), '--trace', 'all'], join(process.env.builddir, 'tests/redaction/screens'));
			tell(r.code === 0 ? [] : [r.code, r.stderr, r.stdout], `the wizard (${how}) with the ${act} server was looked at`);
		}
	}

	// --- the search ---
	const files = readdirSync(at('out')).map((name) => [name, readFileSync(out(name), 'latin1')]);
	files.push(...below(at('state'), 'state')); // what a run keeps for the next one
	const kinds = Object.keys(values);
	tell(kinds.length >= 40 ? [] : [kinds.length], `${kinds.length} planted values, ${files.length} outputs`);
	const wanted = Object.keys(acts).flatMap((a) => ['/introspect', '/userinfo'].map((p) => `${a} ${p}`)).concat('refused /token', 'hostile /token')
		.filter((one) => !one.endsWith('/token')).filter((one) => !asked.has(one));
	tell(wanted, 'every answer was asked for');
	tell(['/token', '/jwks'].filter((path) => ![...asked].some((one) => one.endsWith(` ${path}`))), 'tokens were refreshed, keys fetched');
	tell(['client assertion', 'DPoP proof'].filter((name) => !proofs.has(name)), 'assertions and proofs were made');
	const empty = files.filter(([name, text]) => !text && !name.endsWith('.stderr') && !/\/lock$|saved\.|\.of\.|(screens|lines)-.*\.std/.test(name)).map(([name]) => name);
	tell(empty, 'no output is empty');
	for (const kind of kinds) {
		const found = [];
		for (const form of forms(values[kind]))
			for (const [name, text] of files) {
				const where = text.indexOf(form);
				if (where >= 0)
					found.push(`${name}: …${text.slice(Math.max(0, where - 60), where + 12).replaceAll('\n', '\\n')}…`);
			}
		tell(found, `nowhere: ${kind}`);
	}
	// --- and it can find: each value, in each form, in a text like those above ---
	const blind = kinds.flatMap((kind) => [encodeURIComponent(values[kind]), Buffer.from(`ab${values[kind]}cd`).toString('base64'),
		`{"a":${JSON.stringify(values[kind])}}`].filter((text) => !forms(values[kind]).some((form) => text.includes(form))).map(() => kind));
	tell(blind, 'the search sees each of them in each form');
	tell(files.filter(([name]) => name.endsWith('.case') && !/dpop|mail/.test(name)).filter(([, text]) => !text.includes('[redacted')).map(([name]) => name),
		'masks stand in every case');
} finally {
	server.close();
	proxy.close();
	if (process.env.TT_KEEP)
		console.log(`# kept in ${work}`);
	else
		rmSync(work, { recursive: true, force: true });
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
