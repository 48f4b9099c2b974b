// Runs `tokentriage login` for one case beside a scripted browser, and says everything that is
// wrong with the outcome: exit status, verdict, schema, the tokens' file, secrets let out.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { environment, LIMIT_MS, leaks, schemaErrors, verdictErrors } from './check.mjs';
import { writeCase } from './config.mjs';

// What the program says to the user, as soon as it stands there whole: an address to open, or a
// code with it.
function askedFor(said) {
	const device = /Open this address on any device:\n\n(\S+)\n\nand enter the code:\n\n(\S+)\n\n(?:With the code in it:\n\n(\S+)\n\n)?The code is good/.exec(said);
	if (device)
		return { url: device[1], code: device[2], complete: device[3] };
	const browser = /(?:in a browser and log in|opened with this address[^\n]*):\n\n(https?:\S+)\n\n/.exec(said);
	return browser ? { url: browser[1] } : undefined;
}

// Resolves to {status, stdout, stderr, page}; act({url, code, complete}) is called once.
function run(program, args, home, act) {
	const child = spawn(program, args, { env: environment(home), cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
	const out = { stdout: '', stderr: '' };
	let acted;
	child.stdout.setEncoding('utf8').on('data', (d) => {
		out.stdout += d;
	});
	child.stderr.setEncoding('utf8').on('data', (d) => {
		out.stderr += d;
		const asked = acted ? undefined : askedFor(out.stderr);
		if (asked)
			acted = Promise.resolve(act?.(asked)).catch((err) => ({ error: err.stack })).then((page) => {
				if (page?.error)
					child.kill('SIGTERM');
				return page;
			});
	});
	const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
	return new Promise((done, fail) => {
		child.on('error', fail);
		child.on('close', async (code, signal) => {
			clearTimeout(timer);
			done({ ...out, status: signal ?? code, page: await acted });
		});
	});
}

function tokensOf(file) {
	if (!existsSync(file))
		return undefined;
	return { ...JSON.parse(readFileSync(file, 'utf8')), mode: statSync(file).mode & 0o777 };
}

// The embedded server, `tokentriage serve`, for one case: {issuer, client, tokens, resource_url, stop}.
export function serve(program, dir, scenario) {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const file = join(dir, 'tokens.json');
	const child = spawn(program, ['serve', '--scenario', scenario, '--tokens-out', file],
		{ env: environment(dir), cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = new Promise((done) => child.on('close', done));
	const stop = async () => {
		child.kill('SIGTERM');
		await ended;
	};
	let said = '';
	return new Promise((done, fail) => {
		child.on('error', fail);
		ended.then(() => fail(new Error(`the embedded server ended: ${said}`)));
		child.stdout.setEncoding('utf8').on('data', (d) => {
			said += d;
			if (!/^ready port \d+$/m.test(said))
				return;
			const { issuer, client_id, client_secret, ...tokens } = JSON.parse(readFileSync(file, 'utf8'));
			done({ issuer, tokens, stop, resource_url: /^resource_url (\S+)$/m.exec(said)?.[1], client: { id: client_id, secret: client_secret, auth: 'client_secret_basic' } });
		});
	});
}

// What is said beside the report and is secret: nothing but the address and the codes, which are for the user.
function withoutAsked(said) {
	return said.replace(/\n\n\S+\n\n/g, '\n\n').replace(/\n\n\S+\n\n/g, '\n\n');
}

// made: {server, client, flow, args, change, tokens, act, expect: {state, primary, status, tokens}, after}
export async function runLogin(program, srcdir, w, dir, made) {
	mkdirSync(join(dir, 'home'), { recursive: true, mode: 0o700 });
	const { expect } = made;
	const files = writeCase(dir, { tokens: {}, ...made, caFile: w.certs.file });
	const kept = join(dir, 'new-tokens.json');
	const args = ['login', '--config', files.config, ...(made.flow ? ['--flow', made.flow] : []), '--no-browser',
		'--tokens-out', kept, '--format', 'json', ...(made.args ?? [])];
	const result = await run(program, args, join(dir, 'home'), made.act);
	const errors = [];
	let report;
	try {
		report = JSON.parse(result.stdout);
	} catch {
		errors.push(`no JSON report: ${result.stdout.slice(0, 300)}`);
	}
	const tokens = tokensOf(kept);
	if (report)
		errors.push(...await schemaErrors(report, srcdir), ...verdictErrors(report, expect));
	if (result.status !== expect.status)
		errors.push(`exit status ${result.status}, not ${expect.status}`);
	if (result.page?.error)
		errors.push(result.page.error);
	if (expect.tokens !== false && tokens?.mode !== 0o600)
		errors.push('no new tokens in a file of mode 600');
	if (expect.tokens === false && tokens)
		errors.push('tokens out of a login that failed');
	for (const line of expect.said ?? [])
		if (!result.stderr.includes(line))
			errors.push(`stderr does not say: ${line}`);
	if (expect.asked !== false && expect.tokens !== false &&
		!report?.exchanges?.some((x) => ['userinfo', 'resource'].includes(x.purpose) && x.response?.status === 200))
		errors.push('the final user-information query did not succeed');
	if (report)
		errors.push(...await made.after?.({ tokens, report, result }) ?? []);
	const secrets = ['access_token', 'refresh_token', 'id_token'].map((k) => tokens?.[k]);
	errors.push(...leaks(result.stdout + withoutAsked(result.stderr),
		[...secrets, made.client.secret, made.tokens?.access_token].filter(Boolean), made.client));
	const notes = [`exit ${result.status}`, ...(report ? [`verdict ${JSON.stringify(report.verdict)}`,
		...report.findings.map((f) => `finding ${f.id}: ${f.summary}`),
		...report.exchanges.map((x) => `exchange ${x.n} ${x.purpose} ${x.response?.status ?? JSON.stringify(x.error)}`)] : []),
	...result.stderr.split('\n').slice(-12)];
	return { errors, notes, tokens };
}
