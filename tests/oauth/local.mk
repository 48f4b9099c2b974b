# tests/oauth
