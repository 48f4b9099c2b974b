// openmetrics.mjs FILE: is the text OpenMetrics 1.0?  Exit 1 with the first complaint.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
// Only what the older text format of Prometheus (node_exporter's textfile collector) knows, too.
const types = new Set(['gauge', 'counter', 'summary', 'histogram']);
const families = new Map(), samples = new Set();
const fail = (line, why) => {
	console.error(`${JSON.stringify(line)}: ${why}`);
	process.exit(1);
};

if (!text.endsWith('\n# EOF\n'))
	fail(text.slice(-20), 'does not end with # EOF');
let current = null;
for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
	const meta = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
	if (meta) {
		const [, kind, name, value] = meta;
		if (!families.has(name))
			families.set(name, {});
		const f = families.get(name);
		if (f.done && name !== current)
			fail(line, 'a family in two places');
		if (f[kind])
			fail(line, `a second ${kind}`);
		f[kind] = value;
		current = name;
		if (kind === 'TYPE' && !types.has(value))
			fail(line, 'no such type');
		if (kind === 'UNIT' && !name.endsWith(`_${value}`))
			fail(line, 'the name does not end with the unit');
		if (kind === 'HELP' && /[\\"](?![\\"n])/.test(value))
			fail(line, 'not escaped');
		continue;
	}
	const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/.exec(line);
	if (!sample)
		fail(line, 'no sample');
	const [, name, labels = ''] = sample;
	const family = families.get(name) ? name : name.replace(/_(total|count|sum|bucket)$/, '');
	const f = families.get(family);
	if (!f || family !== current)
		fail(line, 'outside its family');
	f.done = true;
	const names = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="/g)].map((m) => m[1]);
	if (labels.endsWith(','))
		fail(line, 'a comma too many');
	if (new Set(names).size !== names.length)
		fail(line, 'a label twice');
	if (samples.has(`${name}{${labels}}`))
		fail(line, 'a sample twice');
	samples.add(`${name}{${labels}}`);
}
if (!samples.size)
	fail(text, 'no sample at all');
