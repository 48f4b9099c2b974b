// The world of one run: a temporary folder, a private authority, both servers.
// Started once and shared by all cases; close() ends the servers and removes all.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './child.mjs';
import { introspect, mintByCode, mintByPassword, userinfo } from './mint.mjs';

export const HERE = dirname(fileURLToPath(import.meta.url));
const RUN_MINUTES = '20';

export function makeCerts(dir) {
	execFileSync(join(HERE, 'make-ca.sh'), [dir], { stdio: ['ignore', 'inherit', 'inherit'] });
	return { dir, file: join(dir, 'ca.pem'), otherFile: join(dir, 'other-ca.pem'),
		pem: readFileSync(join(dir, 'ca.pem')) };
}

export function startOidc(certs) {
	return startServer(process.execPath,
		[join(HERE, 'oidc-server.mjs'), '--certs', certs.dir, '--minutes', RUN_MINUTES]);
}

export function startGlewlwyd(certs, work) {
	return startServer(process.execPath, [join(HERE, 'glewlwyd-server.mjs'), '--certs', certs.dir,
		'--work', work, '--minutes', RUN_MINUTES]);
}

// Tokens that live two seconds, minted first so that they are past when needed.
async function mintShort(oidc, glewlwyd, ca) {
	const short = oidc.clients['app-short'];
	return {
		opaque: await mintByCode(oidc, short, { ca }),
		jwt: await mintByCode(oidc, short, { ca, scope: 'openid api:read', resource: oidc.resource.jwt }),
		refreshable: await mintByCode(oidc, short, { ca }),
		glewlwyd: await mintByPassword(glewlwyd.short, glewlwyd.clients['app-basic'],
			{ user: glewlwyd.user, ca }),
		glewlwydRefreshable: await mintByPassword(glewlwyd.short, glewlwyd.clients['app-basic'],
			{ user: glewlwyd.user, ca }),
	};
}

export async function openWorld() {
	const dir = mkdtempSync(join(process.env.TMPDIR || tmpdir(), 'tt-real-'));
	const started = [];
	const close = async () => {
		await Promise.all(started.map((s) => s.stop()));
		rmSync(dir, { recursive: true, force: true });
	};
	try {
		const certs = makeCerts(join(dir, 'certs'));
		const starts = await Promise.allSettled([startOidc(certs), startGlewlwyd(certs, join(dir, 'glewlwyd'))]);
		started.push(...starts.filter((s) => s.status === 'fulfilled').map((s) => s.value));
		const failed = starts.find((s) => s.status === 'rejected');
		if (failed)
			throw failed.reason;
		const [oidc, glewlwyd] = started.map((s) => s.ready);
		const short = await mintShort(oidc, glewlwyd, certs.pem);
		return { dir, certs, ca: certs.pem, oidc, glewlwyd, short, close };
	} catch (err) {
		await close();
		throw err;
	}
}

// Waits for a condition, never for a time alone.
export async function until(what, condition, limitMs = 15000) {
	const end = Date.now() + limitMs;
	while (!await condition()) {
		if (Date.now() > end)
			throw new Error(`${what}: did not come true in ${limitMs} ms`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

// The exp of a JWT has passed by more than the second that clocks are read in.
export function untilPast(jwt) {
	const { exp } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
	return until('the expiry of a token', () => Date.now() > (exp + 1) * 1000);
}

// Dead at both endpoints: they do not always turn in the same second.
export function untilDead(server, client, token, ca) {
	return until('the end of a token', async () =>
		(await introspect(server, client, token, ca)).json?.active === false &&
		(await userinfo(server, token, ca)).status === 401);
}
