"""Many models in one page and one table: the index of ``report``, and the page of ``check``."""
