"""Results of ``check`` that are known already; docs/caching.md says what is kept and trusted."""
