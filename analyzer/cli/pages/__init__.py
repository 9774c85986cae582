"""Pages about models: what ``report`` makes of one model, and of many."""
