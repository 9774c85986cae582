"""Published networks by family: each function proves one, or returns ``None``."""
