// glewlwyd-server.mjs --certs DIR --work DIR [--minutes N]: Debian's glewlwyd over
// HTTPS on loopback: database from the packaged SQL, set up through its admin API.
// Prints one JSON line when it is ready.  Ends when standard input closes, or
// after N minutes.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { glewlwydRoot } from './deps.mjs';
import { Client } from './http.mjs';
import { portForLater } from './ports.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const START_MS = 20000;
const PORT_TRIES = 5;
const { values: opt } = parseArgs({ options: {
	certs: { type: 'string' }, work: { type: 'string' }, minutes: { type: 'string', default: '30' },
} });
if (!opt.certs || !opt.work) {
	console.error('usage: glewlwyd-server.mjs --certs DIR --work DIR [--minutes N]');
	process.exit(2);
}

const root = glewlwydRoot();
const certs = resolve(opt.certs);
const work = resolve(opt.work);
const ca = readFileSync(join(certs, 'ca.pem'));
const secret = () => randomBytes(24).toString('base64url');
const scopes = ['openid', 'profile', 'email', 'api'];
const ADMIN = { username: 'admin', password: 'password' };	// of the packaged database
const user = { name: 'user-1', password: secret() };

function database() {
	const file = join(work, 'glewlwyd.db');
	const packed = join(root, 'usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz');
	execFileSync('sqlite3', [file], { input: `PRAGMA journal_mode=WAL;\n${gunzipSync(readFileSync(packed))}` });
	return file;
}

function configuration(port, db) {
	const file = join(work, 'glewlwyd.conf');
	const lib = join(root, 'usr/lib/glewlwyd');
	writeFileSync(file, `
port=${port}
bind_address="127.0.0.1"
external_url="https://127.0.0.1:${port}"
login_url="login.html"
api_prefix="api"
static_files_path="${join(root, 'usr/share/glewlwyd/webapp')}/"
allow_origin="*"
log_mode="console"
log_level="INFO"
cookie_domain="127.0.0.1"
cookie_secure=1
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="${lib}/user"
user_middleware_module_path="${join(work, 'none')}"
client_module_path="${lib}/client"
user_auth_scheme_module_path="${lib}/scheme"
plugin_module_path="${lib}/plugin"
use_secure_connection=true
secure_connection_key_file="${join(certs, 'server.key')}"
secure_connection_pem_file="${join(certs, 'good.pem')}"
hash_algorithm="SHA512"
database = { type = "sqlite3"; path = "${db}"; };
`, { mode: 0o600 });
	return file;
}

// Resolves to the child once it says that it has started, or to null when it ended.
function launch(conf) {
	const child = spawn(join(HERE, 'glewlwyd.sh'), [root, conf, String(Number(opt.minutes) * 60)],
		{ stdio: ['pipe', 'pipe', 'pipe'] });
	child.stdin.on('error', () => {});
	return new Promise((done, fail) => {
		const timer = setTimeout(() => {
			child.stdin.end();
			fail(new Error('glewlwyd did not say that it started'));
		}, START_MS);
		const look = (line) => {
			if (/started/i.test(line)) {
				clearTimeout(timer);
				done(child);
			} else if (/ERROR/.test(line)) {
				console.error(line);
			}
		};
		createInterface({ input: child.stdout }).on('line', look);
		createInterface({ input: child.stderr }).on('line', look);
		child.on('error', fail);
		child.on('close', () => {
			clearTimeout(timer);
			done(null);
		});
	});
}

// It says that it has started a little before it listens.
async function listening(port) {
	const tried = () => new Promise((done) => {
		const s = connect(port, '127.0.0.1', () => {
			s.destroy();
			done(true);
		}).on('error', () => done(false));
	});
	for (const end = Date.now() + START_MS; Date.now() < end;) {
		if (await tried())
			return;
		await new Promise((done) => setTimeout(done, 20));
	}
	throw new Error('glewlwyd does not listen');
}

function plugin(name, base, life) {
	return { module: 'oidc', name, display_name: name, order_rank: 0, parameters: {
		iss: `${base}/api/${name}`, 'jwt-type': 'rsa', 'jwt-key-size': '256',
		key: readFileSync(join(work, 'sign.key'), 'utf8'), cert: readFileSync(join(work, 'sign.pub'), 'utf8'),
		'access-token-duration': life, 'refresh-token-duration': 86400, 'code-duration': 60,
		'refresh-token-rolling': true, 'refresh-token-one-use': 'always', 'allow-non-oidc': true,
		'auth-type-code-enabled': true, 'auth-type-token-enabled': false, 'auth-type-password-enabled': true,
		'auth-type-client-enabled': true, 'auth-type-device-enabled': true, 'auth-type-refresh-enabled': true,
		'device-authorization-expiration': 600, 'device-authorization-interval': 5,
		'introspection-revocation-allowed': true, 'introspection-revocation-auth-scope': ['introspect'],
		'introspection-revocation-allow-target-client': true,
		'pkce-allowed': true, 'pkce-method-plain-allowed': false,
		'oauth-par-allowed': true, 'oauth-par-duration': 90,
		'oauth-par-request_uri-prefix': 'urn:ietf:params:oauth:request_uri:',
		'oauth-dpop-allowed': true, 'oauth-dpop-iat-duration': 60,
		'jwks-show': true, 'subject-type': 'public',
		'name-claim': 'mandatory', 'email-claim': 'mandatory', 'scope-claim': 'no',
	} };
}

function clientTable() {
	const types = ['code', 'password', 'refresh_token', 'client_credentials', 'device_authorization'];
	const make = (id, more = {}) => ({ id, secret: secret(), auth: 'client_secret_basic', types, ...more });
	return Object.fromEntries([
		make('app-basic'),
		make('app-post', { auth: 'client_secret_post' }),
		make('app-other'),
		make('app-reserved', { secret: `p+q/r%25s:t&u=v@w#x!${secret()}` }),
		make('app-public', { auth: 'none', secret: undefined, types: ['code', 'password', 'refresh_token'] }),
	].map((c) => [c.id, c]));
}

async function setUp(base, clients) {
	const http = new Client({ ca });
	const admin = async (path, json) => {
		const res = await http.request(`${base}/api/${path}`, { json });
		if (res.status !== 200)
			throw new Error(`glewlwyd admin ${path}: ${res.status} ${res.body.slice(0, 300)}`);
	};
	await admin('auth/', ADMIN);
	for (const name of ['profile', 'email', 'api', 'introspect'])
		await admin('scope/', { name, display_name: name, password_required: false });
	await admin('user/', { username: user.name, password: user.password, name: 'Test User',
		email: 'user-1@example.invalid', scope: scopes, enabled: true });
	for (const c of Object.values(clients))
		await admin('client/', { client_id: c.id, name: c.id, enabled: true,
			confidential: c.auth !== 'none', ...(c.secret && { password: c.secret, client_secret: c.secret }),
			scope: [...scopes, 'introspect'],
			redirect_uri: ['http://127.0.0.1/callback', redirect, 'https://app.invalid/callback'],
			authorization_type: c.types, token_endpoint_auth_method: [c.auth] });
	await admin('mod/plugin/', plugin('oidc', base, 600));
	await admin('mod/plugin/', plugin('short', base, 2));
}

const endpoints = (issuer) => ({ issuer, authorization_endpoint: `${issuer}/auth`,
	token_endpoint: `${issuer}/token`, introspection_endpoint: `${issuer}/introspect`,
	revocation_endpoint: `${issuer}/revoke`, userinfo_endpoint: `${issuer}/userinfo` });

mkdirSync(join(work, 'none'), { recursive: true, mode: 0o700 });
execFileSync('openssl', ['genrsa', '-out', join(work, 'sign.key'), '2048'], { stdio: 'ignore' });
execFileSync('openssl', ['rsa', '-in', join(work, 'sign.key'), '-pubout', '-out', join(work, 'sign.pub')],
	{ stdio: 'ignore' });
const db = database();
let child = null;
let base;
// it takes a number only: a clash shows as an early end, and is tried again with another one
for (let i = 0; i < PORT_TRIES && !child; i++) {
	const port = await portForLater();
	base = `https://127.0.0.1:${port}`;
	child = await launch(configuration(port, db));
}
if (!child) {
	console.error('glewlwyd ended at once, each time');
	process.exit(1);
}
process.stdin.resume();
process.stdin.on('end', () => child.stdin.end());
process.stdin.on('error', () => child.stdin.end());
child.on('close', () => process.exit(0));

// it compares the port of a loopback redirect, too
const redirect = `http://127.0.0.1:${await portForLater()}/callback`;
const clients = clientTable();
try {
	await listening(new URL(base).port);
	await setUp(base, clients);
} catch (err) {
	console.error(err.message);
	child.stdin.end();
	process.exit(1);
}
process.stdout.write(JSON.stringify({ kind: 'glewlwyd', clients, user, redirect_uri: redirect,
	admin: { api: `${base}/api`, ...ADMIN, plugin: plugin('oidc', base, 600) },
	...endpoints(`${base}/api/oidc`), short: endpoints(`${base}/api/short`) }) + '\n');
