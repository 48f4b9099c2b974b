themesdir = $(pkgdatadir)/themes
dist_themes_DATA = themes/default.conf themes/light.conf themes/high-contrast.conf themes/mono.conf
