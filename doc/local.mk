dist_doc_DATA += doc/architecture.md doc/contract.md doc/bulk.md doc/bulk.schema.json doc/case.schema.json doc/har.schema.json doc/log.schema.json doc/monitoring.md doc/report.schema.json doc/style.md doc/performance.md doc/testing.md
# Drawn from real screens by `make screenshots`.
dist_doc_DATA += doc/screenshot.svg doc/step-1.svg doc/step-2.svg doc/step-3.svg doc/step-4.svg doc/step-5.svg doc/walk-through.svg doc/login-device.svg \
	doc/language-de.svg doc/language-zh_CN.svg \
	doc/theme-default.svg doc/theme-light.svg doc/theme-solarized-dark.svg doc/theme-solarized-light.svg \
	doc/theme-gruvbox.svg doc/theme-nord.svg doc/theme-high-contrast.svg doc/theme-colour-blind-safe.svg \
	doc/theme-mono.svg

# The manual: templates filled from the tables, so that the pages cannot differ from the program.
noinst_PROGRAMS += doc/gen-man
doc_gen_man_SOURCES = doc/gen-man.c
doc_gen_man_LDADD = $(TT_LIBS) $(NCURSESW_LIBS) $(CJSON_LIBS) $(CONFIG_LIBS)
man_MANS = doc/tokentriage.1 doc/tokentriage.conf.5 doc/tokentriage-findings.7
EXTRA_DIST += doc/tokentriage.1.in doc/tokentriage.conf.5.in doc/tokentriage-findings.7.in
CLEANFILES += $(man_MANS)
SUFFIXES = .1.in .1 .5.in .5 .7.in .7
.1.in.1 .5.in.5 .7.in.7:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && doc/gen-man$(EXEEXT) $< >$@.tmp && mv $@.tmp $@
$(man_MANS): doc/gen-man$(EXEEXT)

# What a shell offers behind the Tab key: from the same tables.
noinst_PROGRAMS += doc/gen-completion
doc_gen_completion_SOURCES = doc/gen-completion.c
doc_gen_completion_CPPFLAGS = $(AM_CPPFLAGS) -DTHEMES_DIR='"$(pkgdatadir)/themes"'
doc_gen_completion_LDADD = $(TT_LIBS) $(NCURSESW_LIBS) $(CJSON_LIBS) $(CONFIG_LIBS)
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
bashcomp_DATA = doc/completion/tokentriage
zshcomp_DATA = doc/completion/_tokentriage
fishcomp_DATA = doc/completion/tokentriage.fish
COMPLETIONS = $(bashcomp_DATA) $(zshcomp_DATA) $(fishcomp_DATA)
CLEANFILES += $(COMPLETIONS)
doc/completion/tokentriage: doc/gen-completion$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && doc/gen-completion$(EXEEXT) bash >$@.tmp && mv $@.tmp $@
doc/completion/_tokentriage: doc/gen-completion$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && doc/gen-completion$(EXEEXT) zsh >$@.tmp && mv $@.tmp $@
doc/completion/tokentriage.fish: doc/gen-completion$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && doc/gen-completion$(EXEEXT) fish >$@.tmp && mv $@.tmp $@
