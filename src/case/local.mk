noinst_LIBRARIES += src/libttcase.a
src_libttcase_a_SOURCES = \
	src/case/case.c src/case/case-renew.c src/case/case.h \
	src/case/case-file.c src/case/case-file.h src/case/case-har.c \
	src/case/exchange.c src/case/exchange.h src/case/exchange-json.c \
	src/case/facts.c src/case/facts.h src/case/callerwords.def \
	src/case/import.c src/case/import.h src/case/import-parts.h \
	src/case/curloptions.def src/case/shellwords.c src/case/shellwords.h \
	src/case/import-curl.c src/case/import-har.c src/case/import-browser.c src/case/import-browser.h src/case/import-verbose.c src/case/import-verbose.h src/case/import-trace.c \
	src/case/import-apply.c src/case/import-decode.c src/case/import-http.c \
	src/case/import-find.c src/case/import-find.h src/case/import-prose.c src/case/import-relaxed.c src/case/import-mend.c src/case/import-log.c src/case/import-event.c src/case/prosephrases.def src/case/prosewords.def src/case/keycloakevents.def \
	src/case/import-mail.c src/case/import-neterror.c src/case/import-proof.c src/case/import-purpose.c src/case/import-unquote.c src/case/import-value.c \
	src/case/neterrors.def src/case/neterrortexts.def \
	src/case/facts-clock.c src/case/facts-probes.c src/case/facts-signed.c src/case/record.c src/case/tokens.c src/case/tokens.h \
	src/case/parts.c src/case/parts.h \
	src/case/profile.c src/case/profile.h src/case/profile.def \
	src/case/renewal.c src/case/renewal.h \
	src/case/timeline.c src/case/timeline.h \
	src/case/transfer.def
