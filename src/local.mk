# The rooms, bottom up.  A room's library links only those above it in this list.
include src/base/local.mk
include src/oauth/local.mk
include src/case/local.mk
include src/diagnose/local.mk
include src/engine/local.mk
include src/wizard/local.mk
include src/report/local.mk
include src/ui/local.mk
include src/demo/local.mk
include src/cli/local.mk
