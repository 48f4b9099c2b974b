// memory.mjs: what the program's memory still holds of what it was given and told, when it ends.  A whole check with a
// refresh, over http and https, with memory.so (memory.c) preloaded; every value of plant.mjs, plain, percent-encoded and in
// base64.  None may be there: not in our heap, nor in libcurl's, cJSON's or OpenSSL's, nor on the stack.  TAP.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acts, common, forms, given, pastes, v, values } from './plant.mjs';

const work = mkdtempSync(join(tmpdir(), 'tokentriage-memory.')), at = (name) => join(work, name);
let n = 0, failed = false, act = 'active';

function tell(wrong, what) {
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${what}`);
	wrong.slice(0, 40).forEach((line) => console.log(`# ${String(line).slice(0, 300)}`));
	failed ||= wrong.length > 0;
}

async function answer(req, res) {
	req.body = '';
	for await (const part of req)
		req.body += part;
	const make = acts[act][req.url.split('?')[0]] ?? common[req.url.split('?')[0]];
	if (!make)
		return res.writeHead(404).end();
	const { status, headers, body = '', chunks } = make(req);
	res.writeHead(status, headers);
	for (let i = 0; chunks && i < body.length; i += chunks)
		res.write(body.slice(i, i + chunks));
	res.end(chunks ? '' : body);
}

execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', at('key.pem'),
	'-out', at('cert.pem'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
for (const [name, value] of [['at', v['access token']], ['rt', v['refresh token']], ['idt', given.idToken], ['secret', v['client secret with reserved characters']]])
	writeFileSync(at(name), value, { mode: 0o600 });
const needles = Object.entries(values).flatMap(([name, value]) => forms(value).filter((form) => form.length >= 12)
	.map((form, i) => `${name} (${i ? `form ${i}` : 'plain'})\t${Buffer.from(form).toString('hex')}`));

const hex = (name, text) => `${name}\t${Buffer.from(text).toString('hex')}`;
const plainly = [['an argument', at('')], ['a variable', 'TT_MEMORY_FOUND=']]; // nobody wipes these

// One run; what is left at its end, by value and kind of memory.  seen: what must be found in the heap, being no secret, or null.
async function run(name, args, seen, more = {}) {
	const list = [...needles, ...plainly.map(([what, text]) => hex(what, text)), ...(seen ? [hex('no secret', seen)] : [])];
	writeFileSync(at('list'), `${list.join('\n')}\n`);
	rmSync(at('found'), { force: true });
	rmSync(at('state'), { recursive: true, force: true }); // it remembers which refresh token was used
	const child = spawn(process.env.TOKENTRIAGE, args, { cwd: work, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: work,
		XDG_STATE_HOME: at('state'), LD_PRELOAD: process.env.TT_MEMORY_PROBE, TT_MEMORY_LIST: at('list'), TT_MEMORY_FOUND: at('found'), ...more } });
	let err = '';
	child.stderr.on('data', (d) => { err += d; });
	const code = await new Promise((resolve) => child.on('close', resolve));
	const lines = existsSync(at('found')) ? readFileSync(at('found'), 'latin1').split('\n').filter(Boolean).map((line) => line.split('\t')) : [];
	const searched = lines.find(([what]) => what === 'searched') ?? [];
	const controls = [...plainly.map(([what]) => [what, '[stack]']), ...(seen ? [['no secret', '[heap]']] : [])];
	const unseen = controls.filter(([what, kind]) => !lines.some((line) => line[0] === what && line[1] === kind));
	tell([0, 1, 3].includes(code) && +searched[2] === list.length && !unseen.length ? [] : [code, err, searched, ...unseen],
		`${name}: ${(searched[1] / 1048576).toFixed(1)} MiB of memory were searched for ${list.length} forms, and what is no secret is there`);
	return lines.filter(([what]) => what !== 'searched' && !controls.some(([control]) => control === what));
}

// A whole check over everything it can write.
async function check(name, origin, more = [], env = {}, secret = `client_secret_file = "${at('secret')}"`) {
	writeFileSync(at('conf'), `default_profile = "p"; profiles = ({ name = "p"; issuer = "${origin}"; discovery = false; introspection_endpoint = "${origin}/introspect";
		token_endpoint = "${origin}/token"; userinfo_endpoint = "${origin}/userinfo"; jwks_uri = "${origin}/jwks"; client_id = "app"; ${secret};
		access_token_file = "${at('at')}"; refresh_token_file = "${at('rt')}"; id_token_file = "${at('idt')}"; ca_file = "${at('cert.pem')}"; timeout = 5; });\n`, { mode: 0o600 });
	return run(name, ['check', '-c', at('conf'), '--probes', 'all', '--format', 'html', '-o', at('report'), '--save', at('case'), '--har', at('har'),
		'--log-file', at('log'), '--trace', 'all', ...more], `${origin}/introspect`, env);
}

const plain = createPlain(answer), secure = createServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) }, answer);
for (const server of [plain, secure])
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
try {
	for (const [scheme, server] of [['http', plain], ['https', secure]]) {
		for (act of Object.keys(acts)) {
			const left = await check(`${scheme}, ${act}`, `${scheme}://127.0.0.1:${server.address().port}`, act === 'active' ? ['--refresh', '--tokens-out', at('new')] : []);
			tell(left.map((line) => line.join(' | ')), `${scheme}, ${act}: nothing is left`);
			if (act === 'active')
				tell(existsSync(at('new')) && readFileSync(at('new'), 'utf8').includes(v['new refresh token']) ? [] : ['no new tokens'], `${scheme}: the tokens were refreshed`);
			rmSync(at('new'), { force: true });
		}
	}
	for (const [name, text] of Object.entries(pastes)) {
		writeFileSync(at(name), text);
		tell((await run(`inspect ${name}`, ['inspect', at(name), '--save', at('case')], null)).map((line) => line.join(' | ')), `inspect ${name}: nothing is left`);
	}
	// the residuals: what the caller put into the environment is the caller's, and stays there
	const left = await check('from the environment', `http://127.0.0.1:${plain.address().port}`, [],
		{ SECRET: v['client secret with reserved characters'] }, 'client_secret_env = "SECRET"');
	const places = [...new Set(left.map(([what, where]) => `${what.replace(/ \([^(]*\)$/, '')} ${where}`))];
	tell(places.join() === 'client secret with reserved characters [stack]' ? [] : places.length ? places : ['not found'],
		'from the environment: it is left there, and nowhere else');
	// and it can find: the same without wiping
	act = 'active';
	const kept = await check('unwiped', `https://127.0.0.1:${secure.address().port}`, ['--refresh', '--tokens-out', at('new')], { TT_MEMORY_KEEP: '1' });
	const held = new Set(kept.map(([what]) => what.replace(/ \([^(]*\)$/, '')));
	tell(['access token', 'refresh token', 'client secret with reserved characters'].filter((name) => !held.has(name)),
		`unwiped: ${held.size} of ${Object.keys(values).length} values are found`);
} finally {
	plain.close();
	secure.close();
	if (process.env.TT_KEEP)
		console.log(`# kept in ${work}`);
	else
		rmSync(work, { recursive: true, force: true });
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
