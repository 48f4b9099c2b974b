THEMES = default light solarized-dark solarized-light gruvbox nord high-contrast colour-blind-safe mono
themesdir = $(pkgdatadir)/themes
dist_themes_DATA = \
	themes/colour-blind-safe.conf \
	themes/default.conf \
	themes/gruvbox.conf \
	themes/high-contrast.conf \
	themes/light.conf \
	themes/mono.conf \
	themes/nord.conf \
	themes/solarized-dark.conf \
	themes/solarized-light.conf
