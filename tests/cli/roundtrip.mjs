// roundtrip.mjs SCHEMA NAMES: compares what roundtrip.tap.sh wrote into this folder, as TAP.
import { existsSync, readFileSync } from 'node:fs';
import { load } from '../real/deps.mjs';

const Ajv = await load('ajv/dist/2020.js');
const [schemaFile, namesFile] = process.argv.slice(2);
const fits = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
	.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
const names = readFileSync(namesFile, 'utf8').trim().split('\n');
let n = 0;

function tell(wrong, what) {
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${what}`);
	wrong.slice(0, 6).forEach((line) => console.log(`# ${String(line).slice(0, 300)}`));
}

// Verdict, findings with their evidence, steps, tokens and the whole record; not where new tokens go, a choice of the run.
function essence(file) {
	const drop = (v) => {
		if (v && typeof v === 'object') {
			delete v.tokens_go_to;
			Object.values(v).forEach(drop);
		}
	};
	const { verdict, findings, steps, tokens, exchanges } = JSON.parse(readFileSync(file, 'utf8'));
	drop(steps);
	return { verdict, findings, steps, tokens, exchanges };
}

function differences(a, b, path = '') {
	if (a && b && typeof a === 'object' && typeof b === 'object') {
		const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
		return [...keys].flatMap((k) => differences(a[k], b[k], `${path}/${k}`));
	}
	return a === b ? [] : [`${path}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`];
}

function same(one, other) {
	try {
		return differences(essence(one), essence(other));
	} catch (err) {
		const why = `${other}.err`;
		return [err.message, ...(existsSync(why) ? readFileSync(why, 'utf8').split('\n') : [])];
	}
}

function misfits(file) {
	try {
		const text = readFileSync(file, 'utf8');
		const har = JSON.parse(text);
		const wrong = fits(har) ? [] : fits.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
		if (/[^\n -~]/.test(text))
			wrong.push('not ASCII');
		if (!har.log.comment?.includes('For the user: '))
			wrong.push('it does not open with the verdict');
		return wrong;
	} catch (err) {
		return [err.message];
	}
}

for (const name of names) {
	tell(same(`${name}.live`, `${name}.saved`), `${name}: saved and read again, the same`);
	tell(same(`${name}.live`, `${name}.again`), `${name}: as HAR and read again, the same`);
	tell(misfits(`${name}.har`), `${name}: the HAR file fits the schema`);
}
for (const name of ['claims-names', 'claims-none', 'hostile'])
	tell(misfits(`${name}.har`), `${name}: the HAR file fits the schema`);
for (const name of ['hostile', 'expired'])
	tell(differences(...[`${name}.har`, `${name}-again.har`].map((file) => JSON.parse(readFileSync(file, 'utf8')).log.entries)),
		`${name}: HAR of a HAR, the same entries`);
for (const mode of ['names', 'none']) {
	// the demo's user is user-… in every token and answer; the ids of clients and keys are others
	const users = /user-[\w-]{6,}/g;
	tell([...new Set(readFileSync(`claims-${mode}.har`, 'utf8').match(users))], `--claims ${mode}: no user in the HAR file`);
	tell(users.test(readFileSync('healthy.har', 'utf8')) ? [] : ['none there either'], '... and one without that option');
}
console.log(`1..${n}`);
