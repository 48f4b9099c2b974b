dist_doc_DATA += doc/architecture.md doc/contract.md doc/report.schema.json doc/style.md doc/performance.md doc/testing.md
