// An application that knows no browser, behind mitmproxy, which writes down what passes.  MITMDUMP names the program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// One request through the proxy; {status, text} or {failed}.
function call(proxy, method, url, headers = {}, body = undefined) {
	return new Promise((resolve) => {
		const req = http.request({ host: '127.0.0.1', port: proxy, method, path: url, headers: { ...headers, host: new URL(url).host } }, (res) => {
			let text = '';
			res.setEncoding('utf8').on('data', (part) => { text += part; });
			res.on('end', () => resolve({ status: res.statusCode, text }));
		});
		req.on('error', (err) => resolve({ failed: String(err) }));
		req.end(body);
	});
}

export async function openMitmproxy(work, name) {
	const file = join(work, `${name}.mitm.har`);
	const child = spawn(process.env.MITMDUMP || 'mitmdump', ['--set', `confdir=${join(work, 'mitmproxy')}`, '--listen-host', '127.0.0.1', '-p', '0',
		'-s', fileURLToPath(new URL('mitm-har.py', import.meta.url)), '--set', `har=${file}`],
	// its first line says the port: it must not wait for more
	{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PYTHONUNBUFFERED: '1' } });
	const gone = once(child, 'exit');
	let said = '';
	const port = await new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('exit', () => reject(new Error(`mitmdump does not start: ${said}`)));
		child.stdout.setEncoding('utf8').on('data', (text) => {
			const at = /listening at \S*?:(\d+)/.exec(said += text);
			if (at)
				resolve(at[1]);
		});
	});
	return {
		call: (...args) => call(port, ...args),
		async close() { // and what it wrote
			child.kill('SIGINT');
			await gone;
			return readFileSync(file, 'utf8');
		},
	};
}
