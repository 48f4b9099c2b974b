dist_doc_DATA += doc/architecture.md doc/contract.md doc/report.schema.json doc/style.md doc/performance.md doc/testing.md
# Drawn from real screens by `make screenshots`.
dist_doc_DATA += doc/screenshot.svg doc/step-1.svg doc/step-2.svg doc/step-3.svg doc/step-4.svg doc/step-5.svg
