"""Exit codes; 2 outranks 1."""

CLEAN = 0
FINDINGS = 1
"""Findings at or above ``--fail-on``."""
INCONCLUSIVE = 2
"""Something could not be judged, read, configured or written."""
INTERRUPTED = 130
"""Ctrl-C, as shells report it."""
BROKEN_PIPE = 141
"""Nobody reads our output, as shells report SIGPIPE."""
