noinst_LIBRARIES += src/libttwizard.a
src_libttwizard_a_SOURCES = \
	src/wizard/authenticate.c \
	src/wizard/fill.c src/wizard/fill.h \
	src/wizard/fields.c src/wizard/fields.h src/wizard/fields-rooms.h \
	src/wizard/fields-verify.c \
	src/wizard/fields-expiry.c \
	src/wizard/fields-refresh.c \
	src/wizard/fields-handle.c \
	src/wizard/fields-debug.c \
	src/wizard/flow.c src/wizard/flow.h src/wizard/flow-parts.h src/wizard/flows.def \
	src/wizard/flow-done.c src/wizard/flow-send.c src/wizard/flow-show.c \
	src/wizard/flow-tokens.c \
	src/wizard/handle.c src/wizard/handle.h src/wizard/handle.def \
	src/wizard/learn.c src/wizard/learn.h src/wizard/guide.def src/wizard/faq.def src/wizard/glossary.def \
	src/wizard/probes.c src/wizard/probes.h src/wizard/probes.def src/wizard/candidates.def \
	src/wizard/proof.c \
	src/wizard/intake.c \
	src/wizard/own-keys.c \
	src/wizard/journal.c src/wizard/journal.h \
	src/wizard/many.c \
	src/wizard/keep.c \
	src/wizard/requests.c \
	src/wizard/resend.c src/wizard/resend.h \
	src/wizard/step-probes.c \
	src/wizard/step-verify.c \
	src/wizard/step-expiry.c \
	src/wizard/step-refresh.c \
	src/wizard/step-handle.c \
	src/wizard/steps.h \
	src/wizard/token-store.c src/wizard/token-store.h \
	src/wizard/wizard.c src/wizard/wizard.h
