#!/bin/sh
# What the shells offer behind the Tab key, asked of the shells themselves.
set -u
there=$builddir/doc/completion
n=0 failed=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)) failed=1; echo "not ok $n - $1"; shift; printf '%s\n' "$@" | sed 's/^/# /'; }

# in_bash WORD...: what is offered for the last of them
in_bash() {
	bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tokentriage
		printf "%s\n" "${COMPREPLY[@]}"' - "$there/tokentriage" "$@" 2>&1
}
in_fish() { fish -N -c 'source $argv[1]; complete -C $argv[2]' "$there/tokentriage.fish" "$1" 2>&1 | cut -f 1; }

# same NAME WANTED GOT: a word a line, in any order
same() {
	want=$(printf '%s\n' $2 | sort) got=$(printf '%s\n' "$3" | sort)
	if [ "$want" = "$got" ]; then ok "$1"; else not_ok "$1" "wanted:" "$want" "got:" "$got"; fi
}
# in_zsh NAME LINE PATTERN
in_zsh() {
	if timeout 60 zsh -f "$srcdir/tests/cli/completion.zsh" "$there" "$2" "$3" >/dev/null 2>&1
	then ok "$1"; else not_ok "$1" "never seen: $3"; fi
}

commands=$("$TOKENTRIAGE" --help | sed -n '/^Commands:/,/^$/s/^  *\([a-z][a-z]*\) .*/\1/p')
[ "$(printf '%s\n' $commands | wc -l)" -ge 5 ] || not_ok "--help lists the commands" "$commands"
formats=$("$TOKENTRIAGE" check --help | sed -n 's/.*--format \([a-z|]*\).*/\1/p' | tr '|' ' ')
scenarios=$("$TOKENTRIAGE" demo --list | sed -n 's/^\(healthy[a-z-]*\) .*/\1/p')
tls=$("$TOKENTRIAGE" explain | sed -n 's/^\(tls-[a-z-]*\) .*/\1/p')
# the options that --help has and that are not refused
takes=$("$TOKENTRIAGE" explain --help | sed -n 's/^ *\(-[a-zA-Z], \)*\(--[a-z-]*\).*/\2/p')

same "bash: the commands" "$commands" "$(in_bash tokentriage '')"
same "bash: the formats" "$formats" "$(in_bash tokentriage check --format '')"
same "bash: --format=j" "json junit" "$(in_bash tokentriage check --format = j)"
same "bash: the scenarios of demo" "$scenarios" "$(in_bash tokentriage demo healthy)"
same "bash: the findings of explain" "$tls" "$(in_bash tokentriage explain tls-)"
same "bash: the options of explain" "$takes" "$(in_bash tokentriage explain --)"
same "bash: no token as an argument" "--access-token-env --access-token-file" \
	"$(in_bash tokentriage check --access-token)"
same "bash: a variable" "TOKENTRIAGE" "$(in_bash tokentriage check --access-token-env TOKENTRIAGE)"
same "bash: free text is left alone" "" "$(in_bash tokentriage check --issuer '')"

same "fish: the commands" "$commands" "$(in_fish 'tokentriage ')"
same "fish: the formats" "$formats" "$(in_fish 'tokentriage check --format ')"
same "fish: the scenarios of demo" "$scenarios" "$(in_fish 'tokentriage demo healthy')"
same "fish: the findings of explain" "$tls" "$(in_fish 'tokentriage explain tls-')"
same "fish: the options of explain" "$takes" "$(in_fish 'tokentriage explain --')"
same "fish: no token as an argument" "--access-token-env --access-token-file" \
	"$(in_fish 'tokentriage check --access-token')"

in_zsh "zsh: a command" 'tokentriage insp' '*inspect*'
in_zsh "zsh: a format" 'tokentriage check --format js' '*json*'
in_zsh "zsh: a scenario" 'tokentriage demo healthy-op' '*healthy-opaque*'
in_zsh "zsh: a finding" 'tokentriage explain tls-unkn' '*tls-unknown-ca*'
in_zsh "zsh: an option of the wizard" 'tokentriage --them' '*--theme*'
echo "1..$n"
exit $failed
