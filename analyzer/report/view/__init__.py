"""What a page shows, worked out from a result: templates only place it.

Everything here is text ready to be escaped, exact counts, or geometry; nothing knows HTML.
"""
