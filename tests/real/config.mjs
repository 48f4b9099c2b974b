// Profile configuration files (doc/contract.md §4) for the cases.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSecret, writeTokens } from './mint.mjs';

const quoted = (s) => `"${s.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
const value = (v) => (typeof v === 'string' ? quoted(v) : String(v));

// profile: the keys of one profile; returns the file's path.
export function writeConfig(dir, profile) {
	const lines = Object.entries(profile).filter(([, v]) => v !== undefined)
		.map(([k, v]) => `    ${k} = ${value(v)};`);
	const file = join(dir, 'tokentriage.conf');
	const text = ['default_profile = "real";', 'profiles = (', '  { name = "real";', ...lines, '  }', ');', ''];
	writeFileSync(file, text.join('\n'), { mode: 0o600 });
	return file;
}

// What a profile says about one of the suite's servers and one of its clients.
export function profileFor(server, client, caFile, files = {}) {
	return {
		issuer: server.issuer, ca_file: caFile, client_id: client.id, client_auth: client.auth,
		client_secret_file: files.secret, scope: 'openid profile', timeout: 10,
		access_token_file: files.access, refresh_token_file: files.refresh, id_token_file: files.id,
	};
}

// Writes secret, tokens and configuration into DIR; `change` is merged over the profile.
export function writeCase(dir, { server, client, caFile, tokens, change = {} }) {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const files = writeTokens(dir, tokens);
	if (client.secret)
		files.secret = writeSecret(dir, 'client-secret', client.secret + '\n');
	const config = writeConfig(dir, { ...profileFor(server, client, caFile, files), ...change });
	return { ...files, config };
}
