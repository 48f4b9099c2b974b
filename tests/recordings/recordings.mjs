// Recordings made by others: an application asks the embedded server, its browser or a proxy writes down what passed, and
// from that file alone `inspect` must find what `check` finds at the server.  Prints TAP; TOKENTRIAGE names the program.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openChromium } from './chromium.mjs';
import { openMitmproxy } from './mitmproxy.mjs';
import { openServer, run, runCommand } from './server.mjs';
import { openWeb } from './web.mjs';

const FORM = 'application/x-www-form-urlencoded';
const LIMIT_MS = 300_000; // of everything
const NOISE = 60;         // rounds, of three requests and more each

const basic = (s) => `Basic ${btoa(`${encodeURIComponent(s.client_id)}:${encodeURIComponent(s.secret)}`)}`;
const acts = {
	discover: (s) => ['GET', `${s.issuer}/.well-known/openid-configuration`, {}],
	introspect: (s) => ['POST', `${s.issuer}/introspect`, { authorization: basic(s), 'content-type': FORM },
		`token=${encodeURIComponent(s.access_token)}&token_type_hint=access_token`],
	ask: (s) => ['GET', s.resource, { authorization: `Bearer ${s.access_token}` }],
	refresh: (s) => ['POST', `${s.issuer}/token`, { authorization: basic(s), 'content-type': FORM },
		`grant_type=refresh_token&refresh_token=${encodeURIComponent(s.refresh_token)}`],
};
const walk = ['discover', 'introspect', 'ask'];
// cause: what only a browser sees, or that somebody stopped the server; else what `check` says
const scenes = [
	{ scenario: 'healthy', does: walk, noise: NOISE },
	{ scenario: 'expired', does: walk, noise: NOISE },
	{ scenario: 'expired-opaque', does: walk },
	{ scenario: 'revoked', does: walk },
	{ scenario: 'insufficient-scope', does: walk },
	{ scenario: 'wrong-audience', does: walk },
	{ scenario: 'missing-openid', does: walk },
	{ scenario: 'wrong-secret', does: walk },
	{ scenario: 'rotated', does: [...walk, 'refresh'] },
	{ scenario: 'refresh-needed', does: [...walk, 'refresh', 'ask'], cause: null },
	{ scenario: 'html-login', does: walk },
	{ scenario: 'healthy', name: 'no CORS', does: walk, web: 'none', cause: 'cors-blocked', browser: true },
	{ scenario: 'expired', name: 'no CORS on errors', does: walk, web: 'success', browser: true,
		note: /without Access-Control-Allow-Origin: the page saw only/ },
	{ scenario: 'healthy', name: 'server gone', does: ['discover', 'stop', 'introspect', 'ask'],
		cause: { chromium: 'connection-reset', mitmproxy: 'connection-refused' } },
];

const work = mkdtempSync(join(tmpdir(), 'tokentriage-recordings.'));
const keep = process.env.TT_KEEP_RECORDINGS || work; // they hold tokens, of a server that is gone
let n = 0, failed = false;

function tell(good, what, notes = []) {
	console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
	failed ||= !good;
	if (!good)
		notes.forEach((line) => console.log(`# ${String(line).slice(0, 600)}`));
}

// An application goes on with the tokens that it got.
function took(s, { status, text }) {
	if (status === 200 && text.includes('"refresh_token"'))
		Object.assign(s, JSON.parse(text));
}

// Drives the application; gives the live verdict, asked while the server lives.
async function play(scene, s, call) {
	for (const act of scene.does) {
		if (act === 'stop')
			await s.stop();
		else
			took(s, await call(...acts[act](s)));
	}
	return scene.cause !== undefined ? null : (await s.live(scene.does.includes('refresh'))).verdict.primary;
}

// One recording through `inspect`: its cause, what was found among how many, and no secret in what is said.
async function judge(name, har, s, want, note) {
	const file = join(keep, `${name.replace(/\W+/g, '-')}.har`), saved = join(work, 'saved.case');
	writeFileSync(file, har, { mode: 0o600 });
	const got = await run(['inspect', file, '--format', 'json', '--save', saved]), again = await run(['inspect', saved, '--format', 'json']);
	const all = [got, again].map((g) => { try { return JSON.parse(g.out); } catch { return { findings: [{}] }; } });
	const primary = all.map((r) => r.verdict?.primary ?? null);
	const about = /taken as a HAR file: (\d+) of (\d+) entries/.exec(got.err) ?? [];
	const ids = all[0].findings.map((f) => `${f.id}:${f.severity}`).join(' ');
	tell(primary[0] === want && (!note || note.test(got.err)), `${name}: ${want ?? 'nothing wrong'}, from ${about[1]} of ${about[2]} entries`,
		[`${primary[0]}: ${ids}`, got.err]);
	tell(primary[1] === want, `${name}: the same of the case that was saved of it`, [primary[1], again.err]);
	const leaked = ['access_token', 'refresh_token', 'id_token', 'secret'].filter((v) => s[v] && [got, again].some((g) => (g.out + g.err).includes(s[v])));
	tell(!leaked.length, `${name}: no secret is shown`, leaked);
	return about.slice(1).map(Number);
}

// What the wizard says of it, line by line in a terminal, is what `inspect` says.
async function opened(name, har) {
	const file = join(work, 'opened.har');
	writeFileSync(file, har, { mode: 0o600 });
	const { verdict } = JSON.parse((await run(['inspect', file, '--format', 'json'])).out), command = `stty cols 400; exec "$TOKENTRIAGE" open --plain '${file}'`;
	const shown = await runCommand('script', ['-qfec', command, '/dev/null'], { XDG_STATE_HOME: work, LC_ALL: 'C.UTF-8' }, '\nq\n');
	tell(shown.out.includes(`Verdict, ${verdict.state}: ${verdict.summary}`), `${name}: opened in the wizard, the verdict of inspect`,
		[verdict.summary, shown.out.slice(0, 1200)]);
}

const causeOf = (scene, live, recorder) => scene.cause === undefined ? live : scene.cause?.[recorder] ?? scene.cause;

async function inChromium(chromium, web, scene) {
	const s = await openServer(work, scene.scenario);
	let tab;
	try {
		tab = await chromium.tab(web.proxy);
		web.cors = scene.web ?? 'all';
		await tab.page.go(web.app);
		const noise = (from) => scene.noise && tab.page.evaluate(`noise(${from}, ${scene.noise})`);
		await noise(0);
		const live = await play(scene, s, (...args) => tab.page.evaluate(`call(...${JSON.stringify(args)})`));
		await noise(scene.noise);
		tell(!scene.noise || await tab.page.evaluate('talk()'), `${scene.scenario}: a web socket beside it`);
		for (const [how, sanitize] of [['with sensitive data', false], ['sanitized', true]]) {
			const har = await tab.har(sanitize);
			await opened(`Chromium, ${scene.name ?? scene.scenario}, ${how}`, har);
			const [kept, of] = await judge(`Chromium, ${scene.name ?? scene.scenario}, ${how}`, har, s, causeOf(scene, live, 'chromium'), scene.note);
			const asked = scene.does.filter((act) => act !== 'stop').length;
			tell(kept === asked && of > (scene.noise ? 6 * scene.noise : 3), `Chromium, ${scene.name ?? scene.scenario}, ${how}: exactly the ${asked} that count`, [`${kept} of ${of}`]);
		}
	} finally {
		await tab?.close();
		await s.stop();
	}
}

async function inMitmproxy(web, scene) {
	const s = await openServer(work, scene.scenario);
	let proxy, har;
	try {
		proxy = await openMitmproxy(work, 'scene');
		for (let i = 0; i < (scene.noise ?? 1); i++)
			for (const path of [`static/chunk${i}.js`, `static/picture${i}.png`, `api/items?page=${i}`, `old/${i}`])
				await proxy.call('GET', `${web.own}/${path}`, { 'accept-encoding': 'gzip', cookie: `sid=${i}` });
		const live = await play(scene, s, proxy.call);
		har = await proxy.close();
		await opened(`mitmproxy, ${scene.name ?? scene.scenario}`, har);
		await judge(`mitmproxy, ${scene.name ?? scene.scenario}`, har, s, causeOf(scene, live, 'mitmproxy'));
	} finally {
		if (!har)
			await proxy?.close();
		await s.stop();
	}
}

const limit = setTimeout(() => {
	console.log('Bail out! the recordings take too long');
	process.exit(99);
}, LIMIT_MS);
const only = process.env.TT_RECORDING;
const web = await openWeb();
let chromium;
try {
	chromium = await openChromium();
	for (const scene of scenes.filter((one) => !only || only === (one.name ?? one.scenario)))
		await inChromium(chromium, web, scene);
	for (const scene of scenes.filter((one) => !one.browser && (!only || only === (one.name ?? one.scenario))))
		await inMitmproxy(web, scene);
} catch (err) {
	tell(false, 'the recordings are made', [err.stack]);
} finally {
	await chromium?.close();
	await web.close();
	rmSync(work, { recursive: true, force: true });
}
console.log(`1..${n}`);
clearTimeout(limit);
process.exitCode = failed ? 1 : 0;
