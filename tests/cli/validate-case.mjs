// validate-case.mjs SCHEMA CASE...: one line of TAP a case file: each of its lines fits the schema.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { load } from '../real/deps.mjs';

const Ajv = await load('ajv/dist/2020.js');
const [schemaFile, ...files] = process.argv.slice(2);
const fits = new Ajv({ strict: true, strictTypes: false, allErrors: true })
	.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

let n = 0, failed = 0;
for (const file of files) {
	const wrong = [], lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
	lines.forEach((line, i) => {
		if (!fits(JSON.parse(line)))
			wrong.push(...fits.errors.map((e) => `line ${i + 1}: ${e.instancePath} ${e.message}`));
	});
	if (JSON.parse(lines[0]).record !== 'head')
		wrong.push('the first record is no head');
	if (!lines.some((l) => JSON.parse(l).record === 'exchange'))
		wrong.push('there is no exchange in it');
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} - ${basename(file)}`);
	for (const line of wrong.slice(0, 8))
		console.log(`# ${line}`);
	failed += wrong.length > 0;
}
process.exit(failed ? 1 : 0);
