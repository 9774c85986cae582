"""Where does a model run? Tables of targets, and what follows from them for one model.

``catalog`` names the tables, ``table`` reads one, ``condition`` its small language; ``flow`` is
what a runtime is left with of a model, ``judge`` answers for one operator, ``partition`` counts
the parts, ``fit`` puts it together and ``edits`` tries what would help. Nothing is executed, no
weights are read, and nothing here is imported unless a target was asked about.
"""
