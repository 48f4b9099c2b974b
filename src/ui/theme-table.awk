# themes/default.conf as a C table: the members of its group `roles`.
BEGIN { print "/* Made from themes/default.conf by theme-table.awk. */" }
/^[ \t]*#/ { next }
/^roles[ \t]*[=:]/ { inside = 1; next }
/^}/ { inside = 0 }
inside && match($0, /"[^"]*"/) {
	spec = substr($0, RSTART, RLENGTH)
	sub(/^[ \t]*/, ""); sub(/[ \t]*=.*/, "")
	printf "THEME_ROLE(\"%s\", %s)\n", $0, spec
}
