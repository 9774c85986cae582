"""Models as a git repository has them: at a revision, and which ones changed since one."""
