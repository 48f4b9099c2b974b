// Runs `tokentriage check` for one case and says everything that is wrong with
// the outcome: exit status, verdict, schema of the report, secrets let out.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCase } from './config.mjs';
import { load } from './deps.mjs';
import { UMBRELLAS } from './expect.mjs';

export const LIMIT_MS = 120000;	// sanitizers and valgrind are slow
const MIN_SECRET = 8;
const EXIT = { ok: 0, problem: 1, undetermined: 3 };
const PASSED_ON = /^(ASAN|UBSAN|LSAN|MSAN)_OPTIONS$|^LLVM_PROFILE_FILE$|^LD_LIBRARY_PATH$/;

// The same small world for every run of the program.
export function environment(home) {
	const kept = Object.entries(process.env).filter(([k]) => PASSED_ON.test(k));
	return { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: join(home, 'config'),
		XDG_CACHE_HOME: join(home, 'cache'), XDG_STATE_HOME: join(home, 'state'), TMPDIR: home,
		LC_ALL: 'C.UTF-8', TZ: 'UTC', TERM: 'dumb', ...Object.fromEntries(kept) };
}

export function runProgram(program, args, home) {
	const child = spawn(program, args, { env: environment(home), cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
	const out = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'])
		child[name].setEncoding('utf8').on('data', (d) => {
			out[name] += d;
		});
	const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
	return new Promise((done, fail) => {
		child.on('error', fail);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			done({ ...out, status: signal ? signal : code });
		});
	});
}

let validator;
export async function schemaErrors(report, srcdir) {
	if (!validator) {
		const schema = JSON.parse(readFileSync(join(srcdir, 'doc/report.schema.json'), 'utf8'));
		const draft = /20(19|20)-/.exec(schema.$schema ?? '')?.[0].slice(0, 4);
		const Ajv = await load(draft ? `ajv/dist/${draft}.js` : 'ajv');
		validator = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
	}
	return validator(report) ? []
		: validator.errors.slice(0, 5).map((e) => `report${e.instancePath}: ${e.message}`);
}

// Every spelling in which a secret could come out.
function spellings(values, client) {
	const all = new Set();
	for (const v of values) {
		all.add(v).add(encodeURIComponent(v));
		if (v.split('.').length === 3)
			all.add(v.split('.')[2]);	// claims may be shown, a signature never
	}
	if (client.secret)
		for (const pair of [`${client.id}:${client.secret}`,
			`${client.id}:${encodeURIComponent(client.secret)}`])
			all.add(Buffer.from(pair).toString('base64'));
	return [...all].filter((v) => v && v.length >= MIN_SECRET);
}

export function leaks(text, secrets, client) {
	return spellings(secrets, client).filter((s) => text.includes(s))
		.map((s) => `${s.slice(0, 4)}… (${s.length} bytes) is let out`);
}

const oneOf = (v) => (Array.isArray(v) ? v : [v]);

export function verdictErrors(report, expect) {
	const errors = [];
	const { state, primary } = report.verdict ?? {};
	const open = expect.honest && state === 'undetermined' && (primary === null || UMBRELLAS.includes(primary));
	if (!open && !oneOf(expect.state).includes(state))
		errors.push(`verdict.state is ${state}, not ${oneOf(expect.state).join(' or ')}`);
	if (!open && expect.primary && !oneOf(expect.primary).includes(primary))
		errors.push(`verdict.primary is ${primary}, not ${oneOf(expect.primary).join(' or ')}`);
	if (primary !== null && primary !== report.findings?.[0]?.id)
		errors.push('findings[0].id is not verdict.primary');
	if (state === 'ok' && report.findings?.some((f) => f.severity === 'error'))
		errors.push('ok, with a finding that is an error');
	if (state === 'problem' && !primary)
		errors.push('a problem without a name');
	for (const id of oneOf(expect.has ?? []))
		if (!report.findings?.some((f) => f.id === id))
			errors.push(`${id} is not found`);
	for (const id of oneOf(expect.never ?? []))
		if (report.findings?.some((f) => f.id === id))
			errors.push(`${id} is claimed`);
	return errors;
}

function shortReport(report, result) {
	const lines = report ? [`verdict ${JSON.stringify(report.verdict)}`,
		...(report.findings ?? []).map((f) => `finding ${f.id} ${f.severity} ${f.step}: ${f.summary}`),
		...(report.exchanges ?? []).map((x) =>
			`exchange ${x.n} ${x.step} ${x.purpose} ${x.response?.status ?? JSON.stringify(x.error)}`)]
		: [`stdout: ${result.stdout.slice(0, 500)}`];
	return [...lines, `exit ${result.status}`, ...result.stderr.split('\n').slice(-8)];
}

// made: {server, client, tokens, change, args, expect, secrets, after} (see cases-*.mjs).
// Returns {errors, notes}; no errors means that the case passed.
export async function runCase(program, srcdir, w, dir, made) {
	mkdirSync(join(dir, 'home'), { recursive: true, mode: 0o700 });
	const files = writeCase(dir, { ...made, caFile: w.certs.file });
	const args = ['check', '--config', files.config, '--format', 'json', ...(made.args?.(dir) ?? [])];
	const result = await runProgram(program, args, join(dir, 'home'));
	const secrets = [...['access_token', 'refresh_token', 'id_token'].map((k) => made.tokens[k]),
		made.client.secret, ...(made.secrets ?? [])].filter(Boolean);
	let report;
	try {
		report = JSON.parse(result.stdout);
	} catch {
		report = undefined;
	}
	if (!report)
		return { errors: ['no JSON report'], notes: shortReport(report, result) };

	const errors = [...await schemaErrors(report, srcdir), ...verdictErrors(report, made.expect)];
	if (result.status !== EXIT[report.verdict?.state])
		errors.push(`exit status ${result.status} does not fit ${report.verdict?.state}`);
	const extra = await made.after?.({ w, dir, report, result }) ?? {};
	errors.push(...(extra.errors ?? []));
	errors.push(...leaks(result.stdout + result.stderr, [...secrets, ...(extra.secrets ?? [])], made.client));
	if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]/.test(result.stdout + result.stderr))
		errors.push('a control character is let out');
	if (existsSync(join(dir, 'home', 'core')))
		errors.push('a core file was left');
	return { errors, notes: shortReport(report, result) };
}
