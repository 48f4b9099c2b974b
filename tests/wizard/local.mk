# tests/wizard
