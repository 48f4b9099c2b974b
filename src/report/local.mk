noinst_LIBRARIES += src/libttreport.a
src_libttreport_a_SOURCES = \
	src/report/formats.def src/report/parts.h \
	src/report/report.c src/report/report.h \
	src/report/report-exchange.c \
	src/report/report-har.c \
	src/report/report-html.c src/report/report-html-style.c src/report/report-html-svg.c \
	src/report/report-json.c \
	src/report/report-junit.c \
	src/report/report-markdown.c \
	src/report/report-masked.c \
	src/report/report-monitor.c \
	src/report/report-shell.c \
	src/report/report-text.c
