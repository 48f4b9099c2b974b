#!/bin/sh
# The desktop keyring: a client secret and the tokens in a real Secret Service (gnome-keyring on a bus of its own).
set -u

tt=${TOKENTRIAGE:?}
if [ "${1-}" != inside ]; then
	for tool in dbus-run-session gnome-keyring-daemon secret-tool; do
		if ! command -v "$tool" >/dev/null 2>&1; then
			echo "1..0 # SKIP $tool is not installed"
			exit 0
		fi
	done
	if [ ! -e "${builddir:?}/keyring.so" ]; then
		echo '1..0 # SKIP built without libsecret'
		exit 0
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/tokentriage-keyring.XXXXXX") || exit 99
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	HOME=$work XDG_RUNTIME_DIR=$work XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/conf XDG_STATE_HOME=$work/state
	export HOME XDG_RUNTIME_DIR XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME work
	chmod 700 "$work"
	dbus-run-session -- "$0" inside 2>"$work/bus"
	exit $?
fi

cd "$work" || exit 99
n=0 failed=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); failed=1; echo "not ok $n - $1"; sed 's/^/# /' out err | head -40; }
want() { # STATUS NAME ARGUMENTS…
	status=$1 name=$2
	shift 2
	"$tt" "$@" >out 2>err </dev/null
	got=$?
	if [ $got -eq "$status" ]; then ok "$name"; else not_ok "$name: status $got"; fi
}
says() { if grep -qF -- "$2" "$1"; then ok "... $1 says: $2"; else not_ok "$1 does not say: $2"; fi; }
entry() { secret-tool lookup service tokentriage name "$1"; }
member() { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\"\([^\"]*\)\".*/\1/p"; }

printf 'password of the test\n' | gnome-keyring-daemon --unlock --components=secrets >daemon 2>&1
"$tt" serve --scenario expired --tokens-out given.json >said 2>err </dev/null &
server=$!
trap 'kill $server 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP PIPE
i=0
until grep -q '^ready' said; do
	i=$((i + 1))
	[ $i -lt 600 ] && kill -0 $server 2>/dev/null || { echo 'Bail out! no server'; exit 99; }
	sleep 0.1
done
issuer=$(sed -n 's/^issuer //p' said) client=$(sed -n 's/^client_id //p' said)
mkdir -p conf/tokentriage
cat >conf/tokentriage/tokentriage.conf <<END
profiles = (
  { name = "acme"; issuer = "$issuer"; client_id = "$client";
    client_secret_keyring = "acme-client"; tokens_keyring = "acme-tokens"; },
  { name = "nobody"; issuer = "$issuer"; client_id = "$client"; client_secret_keyring = "not there";
    access_token_file = "/dev/null"; });
END

want 2 "an entry that is not there" check -p nobody
says err 'profile nobody: client_secret'
says err 'the keyring has no entry "not there"'

member client_secret <given.json | tr -d '\n' | secret-tool store --label=client service tokentriage name acme-client
secret-tool store --label=tokens service tokentriage name acme-tokens <given.json
old=$(member refresh_token <given.json)
want 0 "check --refresh with secret and tokens from the keyring" check -p acme --refresh
says err 'the new ones are in the keyring, as acme-tokens'
entry acme-tokens >kept
new=$(member refresh_token <kept)
if [ -n "$new" ] && [ "$new" != "$old" ] && grep -q '"obtained_at"' kept; then
	ok "... which hold the new pair now"
else
	not_ok "the entry acme-tokens"
fi
want 0 "... and the next run has it from there" check -p acme
want 0 "... and refreshes with the newest token" check -p acme --refresh
if [ "$(entry acme-tokens | member refresh_token)" != "$new" ]; then ok "... into the same entry"; else not_ok "not replaced"; fi
if grep -q json-wrapped out; then not_ok "the entry's form is called a mistake"; else ok "... whose form is no finding"; fi
if grep -rqF "$new" state out err; then not_ok "a token in the state or in what was printed"; else ok "no token is anywhere else"; fi

# nobody answers: no bus at all
unset DBUS_SESSION_BUS_ADDRESS
XDG_RUNTIME_DIR=$work/none DBUS_SESSION_BUS_ADDRESS=unix:path=$work/none/bus
export XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
want 2 "without a service" check -p acme
says err 'the keyring does not answer'

# the program itself knows no libsecret: only a child loads the module
if ldd "$tt" | grep -qE 'libsecret|libglib'; then not_ok "the program is linked with libsecret"; else ok "the program is not linked with libsecret"; fi
echo "1..$n"
exit $failed
