dist_doc_DATA += doc/architecture.md doc/contract.md doc/style.md doc/testing.md
