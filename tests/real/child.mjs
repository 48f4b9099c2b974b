// Starting a server of the suite and waiting for the line that says it is ready.
// Every server ends when its standard input closes, so none outlives the tests.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const READY_MS = 60000;

// Resolves to {ready: object, stop(): Promise, child}; ready is the JSON line.
export function startServer(command, args, env = process.env) {
	const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
	const errors = [];
	child.stdin.on('error', () => {});
	child.stderr.on('data', (d) => {
		errors.push(d.toString());
		if (errors.length > 200)
			errors.shift();
	});
	const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
	const stop = async () => {
		child.stdin.end();
		const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
		await ended;
		clearTimeout(timer);
	};
	return new Promise((resolve, reject) => {
		const fail = (why) => {
			child.stdin.end();
			child.kill('SIGTERM');
			reject(new Error(`${command} ${args[0] ?? ''}: ${why}\n${errors.join('')}`));
		};
		const timer = setTimeout(() => fail('not ready in time'), READY_MS);
		child.on('error', (err) => fail(err.message));
		ended.then((code) => {
			clearTimeout(timer);
			fail(`ended with ${code} before it was ready`);
		});
		createInterface({ input: child.stdout }).on('line', (line) => {
			let ready;
			try {
				ready = JSON.parse(line);
			} catch {
				return;
			}
			clearTimeout(timer);
			resolve({ ready, stop, child, errors });
		});
	});
}
