// log.mjs: asks a server of its own through the program, and holds log lines and the server's view against each other.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../real/deps.mjs';

const Ajv = await load('ajv/dist/2020.js');
const fits = new Ajv({ strict: true, allErrors: true })
	.compile(JSON.parse(readFileSync(`${process.env.srcdir}/doc/log.schema.json`, 'utf8')));
const work = mkdtempSync(join(tmpdir(), 'tokentriage-log.'));
const at = (name) => join(work, name);
let n = 0, failed = false;

function tell(wrong, what) {
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${what}`);
	wrong.slice(0, 6).forEach((line) => console.log(`# ${String(line).slice(0, 300)}`));
	failed ||= wrong.length > 0;
}

const seen = []; // [path, traceparent] of each request
const server = createServer((req, res) => {
	seen.push([req.url, req.headers.traceparent]);
	req.resume();
	const answers = { '/introspect': [200, '{"active":true,"scope":"openid"}'], '/me': [503, 'down'] };
	const [status, body] = answers[req.url] ?? [404, 'nothing here'];
	res.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain' }).end(body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
writeFileSync(at('token'), 'an-opaque-token-0123456789abcdef');

function check(...more) {
	seen.length = 0;
	const args = ['check', '--issuer', issuer, '--introspection-endpoint', `${issuer}/introspect`, '--userinfo-endpoint',
		`${issuer}/me`, '--access-token-file', at('token'), '--probes', 'none', '--format', 'json', ...more];
	const child = spawn(process.env.TOKENTRIAGE, args, { env: { ...process.env, HOME: work, XDG_CONFIG_HOME: work } });
	let out = '', err = '';
	child.stdout.on('data', (d) => { out += d; });
	child.stderr.on('data', (d) => { err += d; });
	return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

function lines(name) {
	return readFileSync(at(name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

function misfits(all) {
	return all.filter((line) => !fits(line)).map((line) => JSON.stringify([fits(line), fits.errors]));
}

try {
	const { out } = await check('--log-file', at('log'), '--trace', 'all', '--traceparent');
	const log = lines('log'), report = JSON.parse(out);
	tell(log.length > 10 ? misfits(log) : ['hardly a line'], 'each line fits doc/log.schema.json');
	tell(new Set(log.map((l) => l.TraceId)).size === 1 ? [] : ['several'], 'one trace a run');
	tell(log.every((l, i) => i === 0 || l.Attributes.sequence > log[i - 1].Attributes.sequence) ? [] : ['no'], 'in sequence');
	const parents = seen.map(([, parent]) => /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(parent ?? ''));
	tell(parents.length > 2 && parents.every((p) => p && p[1] === log[0].TraceId) ? [] : seen.map(String),
		'traceparent with each request, of this trace');
	tell(new Set(parents.map((p) => p?.[2])).size === parents.length ? [] : seen.map(String), 'each request a span of its own');
	const lost = parents.filter((p) => !log.some((l) => l.SpanId === p?.[2] && l.Body.startsWith('→ ')) ||
		!log.some((l) => l.SpanId === p?.[2] && l.Body.startsWith('← ')));
	tell(lost.map(String), "each of the server's requests has its request and its answer in the log");
	// by way of the report, too: its exchange has the header that the server saw
	const told = report.exchanges.map((x) => x.request.headers.find((h) => h.name === 'traceparent')?.value);
	tell(seen.every(([, parent]) => told.includes(parent)) ? [] : told, 'the report shows it unmasked');
	const wrong = report.exchanges.filter((x, i) => told[i] && !log.some((l) =>
		l.Attributes.exchange === x.n && l.SpanId === told[i].split('-')[2]));
	tell(wrong.map((x) => x.n), 'the exchange of the report is that of the log');
	tell(/an-opaque-token/.test(readFileSync(at('log'), 'utf8')) ? ['it is'] : [], 'the token is not in the log');

	await check('--log-file', at('log'));
	tell(seen.every(([, parent]) => parent === undefined) ? [] : seen.map(String), 'no traceparent unless asked for');
	const both = lines('log');
	tell(new Set(both.map((l) => l.TraceId)).size === 2 ? misfits(both) : ['not two'], 'the next run is appended, with a trace of its own');
	tell(both.slice(log.length).some((l) => l.SeverityText === 'TRACE') ? ['there is'] : [], 'without --trace no trace records');

	await check('--log-file', at('few'), '--trace', 'http,tls,-net');
	const few = lines('few');
	tell(few.some((l) => l.Attributes.category === 'http') &&
		!few.some((l) => l.Attributes.category === 'net' && l.SeverityNumber < 13) ? [] : few.map((l) => l.Attributes.category),
	'--trace http,tls,-net');

	writeFileSync(at('log'), `${'x'.repeat(15 * 1024)}\n`);
	for (let i = 0; i < 3; i++)
		await check('--log-file', at('log'), '--trace', 'all', '--log-size', '16', '--log-keep', '1');
	tell(statSync(at('log')).size <= 16384 && statSync(at('log.1')).size <= 16384 ? misfits(lines('log')) : ['too long'],
		'--log-size, --log-keep');
	renameSync(at('log'), at('log.moved'));
	const bad = await check('--log-to', 'journal', '--log-file', at('log'));
	tell(bad.code === 2 || bad.code === 3 ? [] : [bad.code, bad.err], 'a journal that is not there is said before anything is sent');
	tell(bad.code === 2 && !/cannot be reached/.test(bad.err) ? [bad.err] : [], '... by name');
} finally {
	server.close();
	rmSync(work, { recursive: true, force: true });
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
