"""Models as a git repository has them: at a revision, and which ones changed since one."""

PREFIX = "git:"
"""What paths begin with that mean a file of a revision."""
