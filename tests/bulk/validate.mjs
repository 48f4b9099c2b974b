// validate.mjs SCHEMA RESULTS…: each line of the results fits the schema.
import {readFileSync} from 'node:fs';
import {load} from '../real/deps.mjs';

const Ajv = await load('ajv/dist/2020.js');
const [schema, ...files] = process.argv.slice(2);
const fits = new Ajv({strict: true, allowUnionTypes: true, strictTypes: false, validateFormats: false})
	.compile(JSON.parse(readFileSync(schema, 'utf8')));
let lines = 0;

for (const file of files)
	for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
		lines++;
		if (!fits(JSON.parse(line))) {
			console.log(`${file}: ${line.slice(0, 200)}: ${JSON.stringify(fits.errors)}`);
			process.exit(1);
		}
	}
process.exit(lines ? 0 : 1);
