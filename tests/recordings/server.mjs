// The embedded server in one scenario, and what `check` finds there: the live cause that a recording must lead to, too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// What `tokentriage ARGS` prints; input: its stdin.
export function run(args, env = {}, input) {
	return runCommand(process.env.TOKENTRIAGE, args, env, input);
}

export async function runCommand(command, args, env = {}, input) {
	const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
	const got = { out: '', err: '' };
	child.stdout.setEncoding('utf8').on('data', (t) => { got.out += t; });
	child.stderr.setEncoding('utf8').on('data', (t) => { got.err += t; });
	child.stdin.on('error', () => {});
	child.stdin.end(input);
	[got.status] = await once(child, 'close');
	return got;
}

export async function openServer(work, scenario) {
	const file = join(work, `${scenario}.tokens`);
	const child = spawn(process.env.TOKENTRIAGE, ['serve', '--scenario', scenario, '--tokens-out', file],
		{ stdio: ['ignore', 'pipe', 'inherit'] });
	const gone = once(child, 'exit'), said = {};
	for await (const line of createInterface({ input: child.stdout })) {
		const blank = line.indexOf(' ');
		said[line.slice(0, blank)] = line.slice(blank + 1);
		if (said.ready)
			break;
	}
	if (!said.ready)
		throw new Error(`serve --scenario ${scenario} does not start`);
	const given = JSON.parse(readFileSync(file, 'utf8'));
	return {
		...given,
		secret: said.client_secret ?? given.client_secret,
		resource: said.resource_url ?? `${given.issuer}/userinfo`,
		said,
		// The same questions, asked by the program itself.
		async live(refresh) {
			const at = join(work, 'at'), rt = join(work, 'rt'), out = join(work, 'out');
			writeFileSync(at, given.access_token);
			writeFileSync(rt, given.refresh_token ?? '');
			const more = [...(given.refresh_token ? ['--refresh-token-file', rt] : []), ...(said.resource_url ? ['--resource-url', said.resource_url] : []),
				...(refresh ? ['--refresh', '--tokens-out', out] : [])];
			const got = await run(['check', '--issuer', given.issuer, '--client-id', given.client_id, '--client-secret-env', 'SECRET',
				'--access-token-file', at, ...more, '--probes', 'none', '--format', 'json'], { SECRET: given.client_secret, XDG_STATE_HOME: work });
			[at, rt, out].forEach((f) => rmSync(f, { force: true }));
			return JSON.parse(got.out);
		},
		async stop() { // once or again
			child.kill('SIGTERM');
			await gone;
			rmSync(file, { force: true });
		},
	};
}
