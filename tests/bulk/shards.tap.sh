#!/bin/sh
# bulk on more than one machine, as doc/bulk.md says: the very command for GNU parallel is run, and the very Job's
# command line in each of its pods; together they have every token once.
. "${srcdir:?}/tests/scratch.sh"
here=$builddir/tests/bulk
mkfifo in
"$here/serve" --seen seen <in >port.txt & server=$!
exec 9>in
wait_for '^port' port.txt $server
port=$(sed -n 's/^port //p' port.txt)
expect() { what=$1; shift; if "$@" >note 2>&1; then ok "$what"; else not_ok "$what"; note note; fi; }
mkdir -p bin xdg/tokentriage
printf '#!/bin/sh\nexec "%s" "$@"\n' "$tt" >bin/tokentriage && chmod +x bin/tokentriage
PATH=$work/bin:$PATH; export PATH
printf 'profiles = ( { name = "acme"; issuer = "http://127.0.0.1:%s"; client_id = "app"; } );\n' "$port" >xdg/tokentriage/tokentriage.conf
chmod 600 xdg/tokentriage/tokentriage.conf
"$NODE" -e 'for (let i = 0; i < 41; i++) console.log(i % 7 === 3 ? "" : `ok-shard-${1000 + i}-abcdefghijkl`)' >tokens.txt
whole() { # FILE…: every line that holds a token, once
	"$NODE" -e '
	const fs = require("fs"), lines = f => fs.readFileSync(f, "utf8").split("\n");
	const want = lines("tokens.txt").map((l, i) => l ? i + 1 : 0).filter(Boolean);
	const rows = process.argv.slice(1).flatMap(f => lines(f).filter(Boolean).map(l => JSON.parse(l)));
	const got = rows.map(r => r.line).sort((a, b) => a - b);
	if (got.join() !== want.join() || rows.some(r => r.verdict.state !== "ok")) { console.log(got.join(), "instead of", want.join()); process.exit(1); }' "$@"
}

# --- GNU parallel ---
sed -n '/^parallel /p' "$srcdir/doc/bulk.md" >command
if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
	expect "doc/bulk.md has one command for GNU parallel" [ "$(wc -l <command)" = 1 ]
	mkdir -p .parallel && touch .parallel/will-cite
	sh ./command </dev/null >out 2>err
	is "the command ends with 0 where every shard is healthy" $? 0
	expect "four shards are the whole" whole results.1.jsonl results.2.jsonl results.3.jsonl results.4.jsonl
	before=$(wc -l <seen)
	sh ./command </dev/null >out 2>err
	expect "again, it finds nothing left to do" [ "$(wc -l <seen)" = "$before" ]
	expect "... and adds nothing" whole results.1.jsonl results.2.jsonl results.3.jsonl results.4.jsonl
else
	result ok "the command for GNU parallel # SKIP parallel is not here"
fi

# --- the Job, as Kubernetes reads it: YAML ---
sed -n '/^```yaml$/,/^```$/p' "$srcdir/doc/bulk.md" | sed '1d;$d' >job.yaml
if perl -MYAML::PP -MJSON::PP -e 'print JSON::PP->new->encode(YAML::PP->new(boolean => "JSON::PP")->load_file($ARGV[0]))' job.yaml >job.json 2>err; then
	expect "the Job is one of batch/v1, with an index for each shard" "$NODE" -e '
		const fs = require("fs"), j = JSON.parse(fs.readFileSync("job.json")), s = j.spec, t = s.template.spec, c = t.containers[0];
		const ok = (x, why) => { if (!x) { console.log(why); process.exitCode = 1; } };
		ok(j.apiVersion === "batch/v1" && j.kind === "Job" && j.metadata.name, "what it is");
		ok(s.completionMode === "Indexed" && s.completions === 8 && s.parallelism <= 8, "indexed");
		ok(t.containers.length === 1 && t.restartPolicy === "Never", "podFailurePolicy needs restartPolicy Never");
		ok(s.podFailurePolicy.rules.every(r => r.onExitCodes.containerName === c.name), "the policy names the container");
		ok(c.volumeMounts.every(m => t.volumes.some(v => v.name === m.name)), "each mount has its volume");
		ok(c.command.join(" ") === "sh -c" && c.args.length === 1, "a shell with one argument");
		ok(c.args[0].includes(`+ 1))/${s.completions}`), "as many shards as completions");
		ok(c.env.some(e => c.args[0].includes("--client-secret-env " + e.name)), "the secret comes from the environment");
		fs.writeFileSync("pod", c.args[0]);'
	# the volume is a folder here, and the server is ours
	mkdir -p volume && cp tokens.txt volume/
	sed -e "s,/work/,$work/volume/,g" -e "s,https://idp.example,http://127.0.0.1:$port," pod >pod.sh
	for i in 0 1 2 3 4 5 6 7; do
		SECRET=of-the-client JOB_COMPLETION_INDEX=$i sh -c "$(cat pod.sh)" >out.$i 2>err.$i; s=$?
		[ $s = 0 ] || { cp err.$i err; not_ok "pod $i ended with $s"; }
	done
	expect "eight pods are the whole" whole volume/results.*.jsonl
	expect "... each with its summary" sh -c '[ "$(ls volume/summary.*.json | wc -l)" = 8 ]'
	# a pod that is evicted: cut off, and started once more
	size=$(wc -c <volume/results.5.jsonl); truncate -s $((size / 2)) volume/results.5.jsonl
	SECRET=of-the-client JOB_COMPLETION_INDEX=5 sh -c "$(cat pod.sh)" >out 2>err
	is "a pod that is started again ends with 0" $? 0
	expect "... and they are the whole" whole volume/results.*.jsonl
	# verdicts are results; a mistake in the call fails the Job
	echo exp-shard-9999-abcdefghijkl >>volume/tokens.txt
	for i in 0 1 2 3 4 5 6 7; do SECRET=x JOB_COMPLETION_INDEX=$i sh -c "$(cat pod.sh)" >out 2>err || not_ok "pod $i with a problem: $?"; done
	expect "a token with a problem is a result, not a failure of the pod" grep -q '"state":"problem"' volume/results.*.jsonl
	env -u SECRET JOB_COMPLETION_INDEX=0 sh -c "$(cat pod.sh)" >out 2>err
	is "no secret: 2, which fails the Job" $? 2
else
	result ok "the Job as YAML # SKIP YAML::PP is not here"
fi
exec 9>&-
echo "1..$n"
exit $failed
