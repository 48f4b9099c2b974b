// Where the node packages and the unpacked glewlwyd lie: a folder outside the
// source tree, filled by setup.sh.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export function depsDir() {
	const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
	return process.env.TT_NODE_MODULES || join(cache, 'tokentriage', 'node-tests');
}

// Loads a package (or a file of one, 'ajv/dist/2020.js') from that folder.
export async function load(name) {
	const dir = depsDir();
	const require = createRequire(join(dir, 'none.js'));
	let file;
	try {
		file = require.resolve(name);
	} catch (err) {
		throw new Error(`${name} is not in ${dir} (${err.code}): run tests/real/setup.sh`);
	}
	const mod = await import(pathToFileURL(file).href);
	return mod.default?.default ?? mod.default ?? mod;
}

export function glewlwydRoot() {
	const dir = join(depsDir(), 'glewlwyd');
	if (!existsSync(join(dir, 'usr/bin/glewlwyd')))
		throw new Error(`glewlwyd is not in ${dir}: run tests/real/setup.sh`);
	return dir;
}
