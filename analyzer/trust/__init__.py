"""What an auditor asks of a model that need not be trusted: facts, made when a rule wants them."""
