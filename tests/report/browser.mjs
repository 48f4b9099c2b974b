// browser.mjs REPORT.html...: opens each in headless Chromium, over the debugging pipe, and says as TAP whether it loads
// nothing, complains of nothing, is drawn by its own style sheet in light, dark and print, and fits narrow windows.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const files = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'tokentriage-browser.'));
const LIMIT_MS = 120_000; // of everything
let browser, n = 0, failed = 0;

function tell(good, what, notes = []) {
	console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
	failed ||= !good;
	if (!good)
		notes.slice(0, 8).forEach((line) => console.log(`# ${String(line).slice(0, 300)}`));
}

// Its children end after it does: the folder goes when nobody writes there any more.
function end(code) {
	let tries = 0;
	const remove = () => {
		try {
			rmSync(work, { recursive: true, force: true });
			process.exit(code);
		} catch (err) {
			if (++tries > 100)
				throw err;
			setTimeout(remove, 50);
		}
	};
	if (!browser || browser.exitCode !== null || browser.signalCode || browser.pid === undefined)
		return remove();
	browser.once('exit', remove);
	browser.kill('SIGKILL');
}

// --- the debugging protocol: messages of JSON with a NUL behind each, in on descriptor 3, out on 4 ---
function start() {
	browser = spawn(process.env.CHROMIUM || 'chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
		`--user-data-dir=${join(work, 'profile')}`, '--remote-debugging-pipe', 'about:blank'],
	{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: work } });
	browser.on('error', (err) => {
		console.log(`Bail out! chromium: ${err.message}`);
		end(99);
	});
	const waiting = new Map(), listeners = new Set();
	let last = 0, rest = '';
	browser.stdio[4].setEncoding('utf8').on('data', (text) => {
		const messages = (rest + text).split('\0');
		rest = messages.pop();
		for (const m of messages.map((one) => JSON.parse(one))) {
			if (m.id) {
				waiting.get(m.id)[m.error ? 'reject' : 'resolve'](m.error ? new Error(m.error.message) : m.result);
				waiting.delete(m.id);
			} else {
				listeners.forEach((f) => f(m));
			}
		}
	});
	browser.stdio[3].on('error', () => {});
	return {
		listeners,
		send: (method, params = {}, sessionId) => new Promise((resolve, reject) => {
			waiting.set(++last, { resolve, reject });
			browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
		}),
	};
}

// What a page asked for and complained of, and what it looks like under each medium.
async function visit(cdp, file) {
	const { targetId } = await cdp.send('Target.createTarget', { url: 'about:blank' });
	const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true });
	const send = (method, params) => cdp.send(method, params, sessionId);
	const seen = { requests: [], complaints: [], looks: {} };
	let loaded;
	const load = new Promise((resolve) => { loaded = resolve; });
	const listen = ({ method, params, sessionId: of }) => {
		if (of !== sessionId)
			return;
		if (method === 'Network.requestWillBeSent')
			seen.requests.push(params.request.url);
		else if (method === 'Log.entryAdded')
			seen.complaints.push(`${params.entry.level}: ${params.entry.text}`);
		else if (method === 'Runtime.consoleAPICalled')
			seen.complaints.push(`console.${params.type}`);
		else if (method === 'Runtime.exceptionThrown')
			seen.complaints.push(params.exceptionDetails.text);
		else if (method === 'Page.loadEventFired')
			loaded();
	};
	cdp.listeners.add(listen);
	for (const domain of ['Page', 'Network', 'Log', 'Runtime'])
		await send(`${domain}.enable`);
	await send('Page.navigate', { url: pathToFileURL(file).href });
	await load;
	const look = async (name, media, scheme, width) => {
		await send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] });
		await send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
		const { result } = await send('Runtime.evaluate', { returnByValue: true, expression: `(() => {
			const style = getComputedStyle(document.body), root = document.documentElement;
			return { bg: style.backgroundColor, fg: style.color, scripts: document.scripts.length,
				over: root.scrollWidth - root.clientWidth, title: document.title,
				svg: [...document.querySelectorAll('svg')].filter((s) => s.getBoundingClientRect().height > 20).length,
				cell: Math.min(...[...document.querySelectorAll('td, th')].map((e) => e.getBoundingClientRect().width).filter((w) => w > 0)),
				letters: Math.min(...[...document.querySelectorAll('svg text')].map((e) => e.getBoundingClientRect().height).filter((h) => h > 0)),
				fill: document.querySelector('svg rect') && getComputedStyle(document.querySelector('svg rect')).fill,
				closed: [...document.querySelectorAll('details:not([open])>:not(summary)')]
					.filter((e) => e.checkVisibility({ contentVisibilityAuto: true })).length,
				verdict: document.querySelector('.verdict .say')?.textContent || '' };
		})()` });
		seen.looks[name] = result.value;
	};
	await look('light', 'screen', 'light', 1000);
	await look('narrow', 'screen', 'light', 360);
	await look('dark', 'screen', 'dark', 1000);
	await look('print', 'print', 'dark', 700);
	cdp.listeners.delete(listen);
	await cdp.send('Target.closeTarget', { targetId });
	return seen;
}

function digestFits(html) {
	const style = /<style>([^]*?)<\/style>/.exec(html)[1];
	const is = createHash('sha256').update(style).digest('base64');
	return [html.includes(`'sha256-${is}'`), `the digest of the style sheet is ${is}`];
}

const limit = setTimeout(() => {
	console.log('Bail out! the browser takes too long');
	end(99);
}, LIMIT_MS);
const cdp = start();

for (const file of files) {
	const name = basename(file), html = readFileSync(file, 'utf8'), [fits, why] = digestFits(html);
	tell(fits, `${name}: the policy names its own style sheet`, [why]);
	const { requests, complaints, looks } = await visit(cdp, file);
	const foreign = requests.filter((url) => url !== pathToFileURL(file).href && !url.startsWith('data:'));
	tell(foreign.length === 0 && requests.length > 0, `${name}: loads nothing but itself`, foreign);
	tell(complaints.length === 0, `${name}: no complaint on the console`, complaints);
	const { light, dark, print, narrow } = looks;
	tell(light.scripts === 0 && /^(ok|problem|undetermined): tokentriage report/.test(light.title) && light.verdict.length > 10,
		`${name}: a verdict, and no script`, [JSON.stringify(light)]);
	tell(light.bg === 'rgb(251, 251, 249)' && dark.bg === 'rgb(20, 24, 28)' && light.fg !== dark.fg,
		`${name}: light and dark as the reader's system has it`, [JSON.stringify(looks)]);
	tell(print.bg === 'rgb(255, 255, 255)' && print.fg === 'rgb(0, 0, 0)' && print.closed > 0 && light.closed === 0,
		`${name}: black on white in print, with what is folded away on the screen`, [JSON.stringify(looks)]);
	tell(narrow.over <= 0 && light.over <= 0, `${name}: fits 360 and 1000 pixels`, [JSON.stringify(looks)]);
	// no column a few letters wide, no drawing shrunk until nobody reads it (null: there is none)
	tell(narrow.cell === null || narrow.cell >= 150, `${name}: cells can be read at 360 pixels`, [narrow.cell]);
	tell(narrow.letters === null || narrow.letters >= 9, `${name}: drawings can be read at 360 pixels`, [narrow.letters]);
	if (html.includes('<svg'))
		tell(light.svg > 0 && light.fill !== dark.fill, `${name}: drawings in the page's colours`, [JSON.stringify(looks)]);
}

// The test can fail: a page of ours that does load something and runs a script.
if (files.length) {
	const bad = join(work, 'bad.html');
	const html = readFileSync(files[0], 'utf8');
	writeFileSync(bad, html.replace('</main>', '<img src="http://127.0.0.1:9/x.png"><script>1</script></main>'));
	let seen = await visit(cdp, bad);
	tell(seen.complaints.length >= 2, 'a picture and a script are refused by the policy, and that is seen');
	writeFileSync(bad, html.replace(/<meta http-equiv[^>]*>/, '').replace('</main>', '<img src="http://127.0.0.1:9/x.png"></main>'));
	seen = await visit(cdp, bad);
	tell(seen.requests.some((url) => url.includes('x.png')), 'without the policy the request would be seen');
}
console.log(`1..${n}`);
clearTimeout(limit);
await cdp.send('Browser.close').catch(() => {});
end(failed ? 1 : 0);
