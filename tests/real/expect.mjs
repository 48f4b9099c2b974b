// What a case may answer.  Where the server's replies cannot tell causes apart,
// the umbrella verdicts are right, and so is a cause that further evidence of the
// tool's own supports; a cause that the replies rule out is not in the list.
import { statSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { introspect, userinfo } from './mint.mjs';

export const UNDECIDED = ['introspect-inactive-unspecified', 'token-rejected-unspecified'];
export const UMBRELLAS = [...UNDECIDED, 'refresh-invalid-grant-unspecified'];

export const ok = (primary) => ({ state: 'ok', primary });
export const problem = (...primary) => ({ state: 'problem', primary });
// An umbrella verdict may count as named or as undetermined.
export const unsettled = (...primary) => ({ state: ['problem', 'undetermined'], primary });
// Harmless when repaired on the way in: then it is a warning.
export const noticed = (...primary) => ({ state: ['ok', 'problem'], primary });

// The token works all the same: named as a warning.
export const warned = (...primary) => ({ state: 'ok', primary });
// Or the program says that it cannot tell.
export const honest = (expect) => ({ ...expect, honest: true });

export const TOKENS_OUT = (dir) => join(dir, 'new-tokens.json');
export const refreshArgs = (dir) => ['--refresh', '--tokens-out', TOKENS_OUT(dir)];

// After a refresh that worked: the new pair is kept, mode 0600, and works.
export const newPairWorks = (server, client, old, { rotated = true } = {}) => async ({ w, dir }) => {
	const errors = [];
	let out;
	try {
		out = JSON.parse(readFileSync(TOKENS_OUT(dir), 'utf8'));
	} catch (err) {
		return { errors: [`tokens-out: ${err.message}`] };
	}
	const mode = statSync(TOKENS_OUT(dir)).mode & 0o7777;
	if (mode !== 0o600)
		errors.push(`tokens-out: mode ${mode.toString(8)}`);
	if (!out.access_token || out.access_token === old.access_token)
		errors.push('tokens-out: no new access token');
	if (!out.refresh_token || (rotated && out.refresh_token === old.refresh_token))
		errors.push('tokens-out: no new refresh token');
	if (out.obtained_at === undefined)
		errors.push('tokens-out: no obtained_at');
	if (errors.length === 0) {
		if ((await introspect(server, client, out.access_token, w.ca)).json?.active !== true)
			errors.push('the new access token is not active');
		if ((await userinfo(server, out.access_token, w.ca)).status !== 200)
			errors.push('the new access token gets no user information');
	}
	return { errors, secrets: ['access_token', 'refresh_token', 'id_token']
		.map((k) => out[k]).filter((v) => typeof v === 'string') };
};

// The walk must not have hurt the token.
export const stillLives = (server, client, token) => async ({ w }) => {
	const alive = (await introspect(server, client, token, w.ca)).json?.active === true;
	return { errors: alive ? [] : ['the token is dead after the walk'] };
};

export const isDead = (server, client, token) => async ({ w }) => {
	const alive = (await introspect(server, client, token, w.ca)).json?.active === true;
	return { errors: alive ? ['the token is still alive'] : [] };
};
