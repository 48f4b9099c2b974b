// validate.mjs SCHEMA REPORT...: one line of TAP a report: it fits the schema, and what the schema
// cannot say holds too.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { load } from '../real/deps.mjs';

const Ajv = await load('ajv/dist/2020.js');
const [schemaFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
const fits = new Ajv({ strict: true, strictTypes: false, strictTuple: false, allErrors: true }).compile(schema);

// What may never stand in a report: controls, and whatever looks like a whole token.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/;
const token = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/;

function* strings(value, path) {
	if (typeof value === 'string')
		yield [path, value];
	else if (value && typeof value === 'object')
		for (const [k, v] of Object.entries(value)) {
			yield [`${path} (a name)`, k];
			yield* strings(v, `${path}/${k}`);
		}
}

function faults(report) {
	const out = fits(report) ? [] : fits.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
	const { verdict, findings = [] } = report;
	if (verdict?.primary !== null && verdict?.primary !== findings[0]?.id)
		out.push(`primary ${verdict?.primary} is not the first finding ${findings[0]?.id}`);
	if (verdict?.state === 'ok' && verdict.primary !== null && findings[0].severity !== 'warning')
		out.push('state ok with a primary that is no warning');
	if (verdict?.state === 'problem' && verdict.primary === null)
		out.push('a problem without a name');
	if (!verdict?.summary)
		out.push('the verdict has no sentence');
	findings.forEach((f, i) => f.caused_by?.forEach((id) => {
		const at = findings.findIndex((g) => g.id === id);
		if (at < 0 || at >= i)
			out.push(`${f.id} is caused by ${id}, which does not stand before it`);
	}));
	for (const [path, text] of strings(report, '')) {
		if (unsafe.test(path.endsWith('/body') ? text.replaceAll('\n', '') : text))
			out.push(`${path}: not safe to print`);
		if (token.test(text))
			out.push(`${path}: holds a token`);
	}
	return out;
}

let n = 0;
for (const file of files) {
	let wrong;
	try {
		wrong = faults(JSON.parse(readFileSync(file, 'utf8')));
	} catch (err) {
		wrong = [String(err.message)];
	}
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${basename(file)}`);
	for (const line of wrong.slice(0, 8))
		console.log(`# ${line}`);
}
console.log(`1..${n}`);
