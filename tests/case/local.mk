# tests/case
