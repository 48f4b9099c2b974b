// run-real.mjs [--facts|--check] [--only TEXT] [--verdicts]: the real-server tests, as TAP.
// Facts ask the servers themselves, cases run `tokentriage check` or
// `login` ($TOKENTRIAGE).
// A server that cannot be started is a failure, never a skip.
import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultCases } from './cases-faults.mjs';
import { glewlwydCases } from './cases-glewlwyd.mjs';
import { leakCases } from './cases-leaks.mjs';
import { oidcCases } from './cases-oidc.mjs';
import { loginCases } from './cases-login.mjs';
import { runCase } from './check.mjs';
import { facts } from './facts.mjs';
import { runLogin } from './login.mjs';
import { HERE, openWorld } from './world.mjs';

const AT_ONCE = 6;	// cases of check; most of their time is waiting

const { values: opt } = parseArgs({ options: {
	facts: { type: 'boolean', default: false }, check: { type: 'boolean', default: false },
	only: { type: 'string', default: '' }, verdicts: { type: 'boolean', default: false },
} });
const program = resolve(process.env.TOKENTRIAGE || 'tokentriage');
const srcdir = resolve(HERE, '../..');
const wanted = (t) => t.name.includes(opt.only);
const asked = opt.check ? [] : facts.filter(wanted);
const cases = opt.facts ? [] : [...oidcCases, ...leakCases, ...glewlwydCases, ...faultCases, ...loginCases].filter(wanted);

let count = 0;
let failed = 0;

// Control characters would break the lines of TAP.
const plain = (s) => s.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');

function tell(name, errors, notes = []) {
	count++;
	if (errors.length > 0)
		failed++;
	console.log(`${errors.length > 0 ? 'not ok' : 'ok'} ${count} - ${plain(name)}`);
	if (errors.length > 0 || opt.verdicts)
		for (const line of errors.length > 0 ? [...errors, ...notes] : notes)
			for (const part of line.split('\n'))
				console.log(`# ${plain(part)}`);
}

async function all(w) {
	for (const fact of asked)
		await fact.run(w).then(() => tell(fact.name, []), (err) => tell(fact.name, [err.message]));
	const ready = prepare(w);
	const left = [...cases.entries()].sort(([, a], [, b]) => waits(a) - waits(b));
	const worker = async () => {
		for (let next = left.shift(); next; next = left.shift())
			await runOne(w, ...next, waits(next[1]) ? ready : undefined);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

// glewlwyd on SQLite answers 500 when two write at once: who writes there is alone.
let last = Promise.resolve();
function alone(work) {
	const mine = last.then(work);
	last = mine.catch(() => {});
	return mine;
}
const free = (work) => work();

// A gateway before glewlwyd is an instance of its own there, and glewlwyd ends with a crash when one is
// added while it answers: all are added before it is asked anything, while the cases of the others run.
const waits = (one) => one.name.startsWith('glewlwyd');
async function prepare(w) {
	const gates = new Map();
	for (const one of cases.filter((c) => c.open))
		gates.set(one, await one.open(w).catch((err) => ({ err })));
	return gates;
}

async function runOne(w, i, one, ready) {
	const gate = (await ready)?.get(one);
	const glewlwyd = one.name.startsWith('glewlwyd');
	const run = async () => {
		if (gate?.err)
			throw gate.err;
		made = await (glewlwyd && one.reads ? alone : free)(() => one.make(w, gate));
		return (one.login ? runLogin : runCase)(program, srcdir, w, join(w.dir, `case-${i}`), made);
	};
	let made = gate;
	try {
		const { errors, notes } = await (glewlwyd && !one.reads ? alone : free)(run);
		tell(one.name, errors, notes);
	} catch (err) {
		tell(one.name, [err.stack]);
	} finally {
		await made?.close?.();
	}
}

console.log(`1..${asked.length + cases.length + 1}`);
let w;
for (const [sig, n] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]])
	process.once(sig, async () => {
		await w?.close();
		process.exit(128 + n);
	});
try {
	if (cases.length > 0)
		await access(program, constants.X_OK);
	w = await openWorld();
	tell('both servers start and give tokens', []);
} catch (err) {
	tell('both servers start and give tokens', [err.message]);
	for (const { name } of [...asked, ...cases])
		tell(name, ['not run']);
}
if (w)
	try {
		await all(w);
	} finally {
		await w.close();
	}
process.exitCode = failed > 0 ? 1 : 0;
