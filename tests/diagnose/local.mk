# tests/diagnose
