"""Fixtures for every test; PostgreSQL and Redis come from the plugin `tests.support.services`."""
