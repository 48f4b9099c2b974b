# The linker's script for what stands together (together.txt): code first of all code, constants last.
BEGIN {
	code = "\t\t*src/cli/main.o(.text .text.startup)\n" # of no library
	constants = "\t\t*src/cli/main.o(.rodata .rodata.*)\n"
}

!/^#/ {
	split($1, of, "/")
	for (i = 0; i < 2; i++) { # automake names an object after its library if that has flags of its own
		object = "\t\t*libtt" of[1] ".a:" (i ? "libtt" of[1] "_a-" : "") of[2] ".o"
		code = code object "(.text)\n"
		constants = constants object "(.rodata .rodata.*)\n"
	}
}

END {
	printf "SECTIONS {\n\t.text.first : {\n%s\t}\n}\nINSERT BEFORE .text;\n", code
	printf "SECTIONS {\n\t.rodata.first : {\n%s\t}\n}\nINSERT AFTER .rodata;\n", constants
}
