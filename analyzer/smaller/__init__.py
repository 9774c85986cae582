"""What of a model could be smaller, by kind of network: exact figures, and no opinion of them.

Every function takes ``Facts`` and is best asked through ``Facts.once``.
"""
