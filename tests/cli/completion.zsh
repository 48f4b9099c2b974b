# completion.zsh FOLDER LINE PATTERN: an interactive zsh with the completion of that folder completes
# LINE at a Tab until what it shows matches PATTERN.  The caller ends it when that never comes.
zmodload zsh/zpty || exit 99
zpty -b z zsh -f -i
zpty -w z "PROMPT=; unsetopt zle_bracketed_paste; stty -echo; fpath=(${(q)1} \$fpath); LISTMAX=10000
autoload -U compinit; compinit -u -D; echo re''ady"
zpty -r -m z seen '*ready*'
zpty -w -n z $2$'\t'
zpty -r -m z seen $3
zpty -d z
