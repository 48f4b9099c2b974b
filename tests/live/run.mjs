/*
 * Runs the situations: node run.mjs PROGRAM FOLDER [--tap] [NAME...].  Each with every probe and with the safe ones;
 * what each run reported stays in FOLDER.  Without --tap also what was found beside the cause, and the sums.
 */
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { World, Certificates } from './world.mjs';
import { situations } from './situations.mjs';
import './fresh.mjs';
import './third.mjs';
import './odd.mjs';

const [program, folder, ...rest] = process.argv.slice(2);
const tap = rest.includes('--tap');
const names = rest.filter((n) => !n.startsWith('--'));
const umbrellas = ['token-rejected-unspecified', 'introspect-inactive-unspecified', 'refresh-invalid-grant-unspecified'];
const PARALLEL = 4;

function conf(profile) {
	const value = (v) => Array.isArray(v) ? `( ${v.map(value).join(', ')} )` : typeof v === 'string' ? JSON.stringify(v) : String(v);
	return `profiles = ( { name = "live"; ${Object.entries(profile).map(([n, v]) => `${n} = ${value(v)};`).join(' ')} } );\n`;
}

function run(world, file, args, env) {
	return new Promise((done) => {
		const child = spawn(program, ['check', '-c', file, '-p', 'live', '--format', 'json', ...args],
			{ env: { ...process.env, HOME: world.dir, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
		let out = '', err = '';
		const late = setTimeout(() => child.kill('SIGKILL'), 60000);
		child.stdout.on('data', (d) => (out += d));
		child.stderr.on('data', (d) => (err += d));
		child.on('close', (status) => { clearTimeout(late); done({ status, out, err }); });
	});
}

function judge(want, report) {
	const { state, primary } = report.verdict;
	const wants = [want].flat();
	const errors = report.findings.filter((f) => f.severity === 'error').map((f) => f.id);
	if (wants.includes(primary) && (primary !== null || state === 'ok'))
		return 'right';
	if (wants.includes(null) && state === 'ok' && !errors.length)
		return 'right';
	if (state === 'undetermined' || umbrellas.includes(primary))
		return 'undetermined';
	return 'wrong';
}

async function one(s, certs, probes) {
	const world = new World(path.join(folder, `${s.name}-${probes}`), certs);
	try {
		const it = await s.make(world);
		const secret = it.secret === null ? {} : { client_id: 'app', client_secret_file: world.file(it.secret ?? 's3cret') };
		const profile = { issuer: it.issuer, ...secret, access_token_file: world.file(it.token),
			...(it.refresh ? { refresh_token_file: world.file(it.refresh) } : {}), ...(it.id ? { id_token_file: world.file(it.id) } : {}), ...it.profile };
		for (const n of Object.keys(profile)) if (profile[n] === undefined || profile[n] === null) delete profile[n];
		const file = world.file(conf(profile));
		const more = it.args ?? [];
		const args = ['--probes', probes, ...more, ...(more.includes('--refresh') ? ['--tokens-out', path.join(world.dir, 'out.json')] : [])];
		const got = await run(world, file, args, it.env);
		fs.writeFileSync(path.join(world.dir, 'report.json'), got.out);
		fs.writeFileSync(path.join(world.dir, 'stderr'), got.err);
		let report;
		try { report = JSON.parse(got.out); } catch { return { how: 'wrong', said: `status ${got.status}, no report: ${got.err.slice(0, 200)}` }; }
		const want = probes === 'safe' && s.safe !== undefined ? s.safe : s.want;
		return { how: judge(want, report), said: `${report.verdict.state} ${report.verdict.primary}${report.findings.length ? ' [' + report.findings.map((f) => f.severity[0] + ':' + f.id).join(' ') + ']' : ''}`, want: [want].flat().join('|') };
	} finally {
		world.end();
	}
}

fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });
const certs = new Certificates(folder);
const chosen = situations.filter((s) => !names.length || names.includes(s.name));
const jobs = chosen.flatMap((s) => ['all', 'safe'].map((p) => ({ s, p })));
const results = new Array(jobs.length);
let next = 0;
await Promise.all(Array.from({ length: PARALLEL }, async () => {
	while (next < jobs.length) {
		const i = next++;
		results[i] = await one(jobs[i].s, certs, jobs[i].p).catch((e) => ({ how: 'wrong', said: e.stack }));
	}
}));
const sums = { all: { right: 0, undetermined: 0, wrong: 0 }, safe: { right: 0, undetermined: 0, wrong: 0 } };
if (tap)
	console.log(`1..${jobs.length}`);
jobs.forEach(({ s, p }, i) => {
	const r = results[i];
	sums[p][r.how]++;
	const ok = r.how === 'right' || (r.how === 'undetermined' && (p === 'safe' ? [s.want].flat()[0] !== null : s.undetermined));
	if (tap) {
		console.log(`${ok ? 'ok' : 'not ok'} ${i + 1} - ${s.name}, probes ${p}`);
		if (!ok) console.log(`# wanted ${r.want}, got ${r.said}`);
	} else
		console.log(`${r.how.padEnd(12)} ${p.padEnd(4)} ${s.name.padEnd(34)} want ${r.want}  got ${r.said}`);
});
if (!tap)
	console.log(JSON.stringify(sums));
process.exit(0);
