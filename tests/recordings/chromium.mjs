// Chromium as a person has it: a page in one tab, DevTools on it in another, and what "Export HAR" of DevTools writes, with
// and without sensitive data.  CHROMIUM names another browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STEP_MS = 50;

// until what() gives something; the limit of the whole test is the caller's
async function wait(what) {
	for (;;) {
		const got = await what();
		if (got)
			return got;
		await new Promise((done) => setTimeout(done, STEP_MS));
	}
}

// --- the debugging protocol: messages of JSON with a NUL behind each, in on descriptor 3, out on 4 ---
function speak(browser) {
	const waiting = new Map();
	let last = 0, rest = '';
	browser.stdio[3].on('error', () => {});
	browser.stdio[4].setEncoding('utf8').on('data', (text) => {
		const messages = (rest + text).split('\0');
		rest = messages.pop();
		for (const m of messages.map((one) => JSON.parse(one)).filter((one) => one.id)) {
			waiting.get(m.id)[m.error ? 'reject' : 'resolve'](m.error ? new Error(m.error.message) : m.result);
			waiting.delete(m.id);
		}
	});
	return (method, params = {}, sessionId) => new Promise((resolve, reject) => {
		waiting.set(++last, { resolve, reject });
		browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
	});
}

export async function openChromium() {
	const home = mkdtempSync(join(tmpdir(), 'tokentriage-chromium.'));
	const browser = spawn(process.env.CHROMIUM || 'chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
		`--user-data-dir=${home}`, '--remote-allow-origins=*', '--remote-debugging-port=0', '--remote-debugging-pipe', 'about:blank'],
	{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: home } });
	const failed = new Promise((resolve, reject) => browser.on('error', reject));
	const gone = new Promise((done) => browser.on('exit', done));
	const send = speak(browser);
	await Promise.race([send('Browser.getVersion'), failed]);
	const portFile = join(home, 'DevToolsActivePort');
	const port = await wait(() => existsSync(portFile) && readFileSync(portFile, 'utf8').split('\n')[0]);

	const attach = async (url, browserContextId) => {
		const { targetId } = await send('Target.createTarget', { url, browserContextId });
		const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
		const evaluate = async (expression) => {
			const r = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
			if (r.exceptionDetails)
				throw new Error(r.exceptionDetails.exception?.description ?? r.exceptionDetails.text);
			return r.result.value;
		};
		const go = async (to) => {
			await send('Page.navigate', { url: to }, sessionId);
			await wait(() => evaluate(`location.href === ${JSON.stringify(to)} && document.readyState === 'complete'`).catch(() => false));
		};
		return { targetId, evaluate, go };
	};
	return {
		// A tab with DevTools open on it, behind a proxy of its own.
		async tab(proxy) {
			const { browserContextId } = await send('Target.createBrowserContext',
				{ proxyServer: proxy, proxyBypassList: '<-loopback>' });
			const page = await attach('about:blank', browserContextId);
			const tools = await attach(`http://127.0.0.1:${port}/devtools/inspector.html?ws=127.0.0.1:${port}/devtools/page/${page.targetId}`);
			const log = "(await import('./models/logs/logs.js')).NetworkLog.NetworkLog.instance()";
			// it listens once it knows the page as its target
			await wait(() => tools.evaluate(`(async () => { try { const s = await import('./core/sdk/sdk.js');
				return s.TargetManager.TargetManager.instance().primaryPageTarget()?.model(s.NetworkManager.NetworkManager) && !!${log};
				} catch { return false; } })()`));
			return {
				page,
				har: async (sanitize) => {
					await wait(() => tools.evaluate(`(async () => ${log}.requests()
						.every((r) => r.finished || r.failed || r.resourceType().name() === 'websocket'))()`));
					return tools.evaluate(`(async () => (await import('./models/har/har.js')).Writer.Writer.harStringForRequests(
						${log}.requests(), { sanitize: ${sanitize} },
						{ setWorked() {}, setTitle() {}, setTotalWork() {}, incrementWorked() {}, done() {}, canceled: false,
						createSubProgress() { return this; } }))()`);
				},
				async close() {
					for (const t of [tools, page])
						await send('Target.closeTarget', { targetId: t.targetId });
				},
			};
		},
		async close() {
			if (browser.exitCode === null && !browser.signalCode)
				browser.kill('SIGKILL');
			await gone;
			await wait(() => { // its children write there until they end, too
				try {
					rmSync(home, { recursive: true, force: true });
					return true;
				} catch {
					return false;
				}
			});
		},
	};
}
