// node kill.mjs KILLS SEED PROGRAM SERVE TOKENS: a bulk run is killed at KILLS random moments and resumed each time;
// afterwards every token stands in the results exactly once, in the order of the input.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {spawn} from 'node:child_process';

const [kills, seed, program, serve, tokens] = process.argv.slice(2);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-bulk-'));
const list = path.join(dir, 'tokens'), out = path.join(dir, 'out.jsonl');
let state = Number(seed) >>> 0;
const random = n => { // xorshift: the same moments for the same seed
	state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
	return state % n;
};

const lines = Array.from({length: Number(tokens)}, (_, i) =>
	i % 5 === 3 ? JSON.stringify({token: `ok-kill-${i}-abcdefghijklmnop`, labels: {user: `u${i}`}}) :
		i % 11 === 4 ? '' : `ok-kill-${i}-abcdefghijklmnop`);
const wanted = lines.map((l, i) => [l, i + 1]).filter(([l]) => l).map(([, n]) => n);
fs.writeFileSync(list, lines.join('\n') + '\n');

const server = spawn(serve, ['--delay-ms', '1', '--seconds', '900'], {stdio: ['pipe', 'pipe', 'inherit']});
const port = await new Promise(done => server.stdout.once('data', d => done(String(d).trim().split(' ')[1])));
const size = () => fs.existsSync(out) ? fs.statSync(out).size : 0;
let killed = 0, runs = 0, status, torn = 0;

const run = target => new Promise(done => {
	const p = spawn(program, ['bulk', '--issuer', `http://127.0.0.1:${port}`, '--client-id', 'app', '--concurrency',
		'8', '--resume', '-o', out, list], {stdio: ['ignore', 'ignore', 'pipe'],
		env: {...process.env, HOME: dir, XDG_CONFIG_HOME: dir}});
	let err = '', watch;
	p.stderr.on('data', d => err += d);
	if (target !== null)
		watch = setInterval(() => { if (size() >= target) p.kill('SIGKILL'); }, 1);
	p.on('exit', (code, signal) => { clearInterval(watch); done({code, signal, err}); });
});

const per = 300; // bytes of a result, roughly: the kills are spread over the whole run
while (killed < Number(kills) && runs < 4 * Number(kills)) {
	const left = wanted.length * per - size(), target = size() + random(Math.max(1, Math.floor(2 * left / (Number(kills) - killed + 1)))) + 1;
	const r = await run(target);
	runs++;
	if (r.signal === 'SIGKILL') killed++;
	else if (r.code !== 0) { console.log(`not ok - a run ended with ${r.code}: ${r.err}`); process.exit(1); }
	else break;
	// a machine that stops may leave half a line behind: now and then one is made
	if (size() > 200 && random(4) === 0) { fs.truncateSync(out, size() - 1 - random(100)); torn++; }
}
const last = await run(null);
status = last.code;
server.stdin.end();
const got = fs.readFileSync(out, 'utf8').split('\n').filter(Boolean).map(l => JSON.parse(l));
const same = got.length === wanted.length && got.every((r, i) => r.line === wanted[i] && r.verdict.state === 'ok');
console.log(`${killed} kills, ${torn} torn lines, ${got.length} results of ${wanted.length}, last status ${status}`);
console.log(last.err.split('\n').filter(l => /tokens:/.test(l)).join('\n'));
fs.rmSync(dir, {recursive: true});
process.exit(same && status === 0 && killed === Number(kills) ? 0 : 1);
