/* What the fuzzers of the importers share: evidence to case to findings, and what no text may bring about. */
#ifndef TT_TESTS_FUZZ_IMPORTING_H
#define TT_TESTS_FUZZ_IMPORTING_H

#include "fuzz/fuzz.h"

#include "base/redact.h"
#include "case/case-file.h"
#include "case/import-parts.h"
#include "diagnose/diagnose.h"

/* Every sentence is safe, and a finding stands behind what causes it. */
static inline void
holds_diagnosis(const struct diagnosis *d)
{
	HOLDS(d->n <= FINDINGS_MAX);
	HOLDS(d->verdict.primary == NULL || d->verdict.primary == &d->findings[0]);
	HOLDS(fuzz_is_safe(d->verdict.summary) && fuzz_is_safe(d->verdict.next));
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];

		HOLDS(f->summary[0] && fuzz_is_safe(f->summary) && fuzz_is_safe(f->remedy));
		HOLDS(f->n_evidence > 0);
		for (size_t k = 0; k < f->n_evidence; k++)
			HOLDS(fuzz_is_safe(f->evidence[k].value));
		for (size_t k = 0; k < f->n_caused_by; k++) {
			bool before = false;

			for (size_t j = 0; j < i; j++)
				before = before || d->findings[j].rule == f->caused_by[k];
			HOLDS(before);
		}
	}
}

static inline void
holds_case(const struct case_file *c)
{
	static struct diagnosis d;
	struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};
	struct clock clock;
	struct facts f;

	clock_init_manual(&clock, INT64_C(1769860800000000));
	facts_derive(&f, c, &clock);
	diagnose(&d, &f, &walk);
	holds_diagnosis(&d);
}

static inline void
holds_import(struct import *im)
{
	struct redactor *r = redactor_new();
	struct case_file c;

	HOLDS(im->taken_as[0] && fuzz_is_safe(im->taken_as));
	HOLDS(im->n <= IMPORT_EXCHANGES && im->n_tokens <= IMPORT_TOKENS && im->n_notes <= IMPORT_NOTES);
	case_init(&c);
	(void)import_apply(im, &c, r);
	for (size_t i = 0; i < im->n_notes; i++)
		HOLDS(fuzz_is_safe(im->notes[i]));
	holds_case(&c);
	case_release(&c);
	redactor_free(r);
}

/* One kind of evidence: it is read and holds, is none of it and leaves nothing, or says why not. */
static inline void
holds_importer(importer *read, struct span text)
{
	struct err e = ERR_INIT;
	struct import im;

	import_init(&im);
	switch (read(&im, text, PURPOSE_COUNT, &e)) {
	case RES_OK:
		holds_import(&im);
		break;
	case RES_NOTFOUND:
		HOLDS(im.n == 0 && im.n_tokens == 0);
		break;
	default:
		HOLDS(e.text[0] && fuzz_is_safe(e.text));
	}
	import_release(&im);
}

#endif
