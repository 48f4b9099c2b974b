# The interface in other languages: po/LINGUAS names them, configure reads it (PO_FILES; MO_FILES, empty without
# gettext's tools).  The catalogues lie in the build tree as in $(localedir), so that the program finds them there.
EXTRA_DIST += po/LINGUAS po/tables.c po/extract.sh po/update.sh po/tokentriage.pot $(PO_FILES)

all-local: $(MO_FILES)
# by hand, since all of them have the same name
install-data-local: install-catalogues
uninstall-local: uninstall-catalogues
clean-local: catalogues-gone

po/%/LC_MESSAGES/tokentriage.mo: $(top_srcdir)/po/%.po
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(MSGFMT) -c -o $@.tmp $< && mv $@.tmp $@

install-catalogues: $(MO_FILES)
	@for f in $(MO_FILES); do \
		to="$(DESTDIR)$(localedir)/$${f#po/}"; \
		$(MKDIR_P) "$${to%/*}" && $(INSTALL_DATA) "$$f" "$$to" || exit 1; \
	done
uninstall-catalogues:
	@for f in $(MO_FILES); do rm -f "$(DESTDIR)$(localedir)/$${f#po/}"; done
catalogues-gone:
	@for f in $(MO_FILES); do rm -rf "$${f%/LC_MESSAGES/*}"; done

# By hand: the template, and every catalogue with what the sources say now.
update-po:
	cd $(top_srcdir) && CC='$(CC)' XGETTEXT='$(XGETTEXT)' MSGMERGE='$(MSGMERGE)' MSGFMT='$(MSGFMT)' po/update.sh
.PHONY: update-po install-catalogues uninstall-catalogues catalogues-gone
