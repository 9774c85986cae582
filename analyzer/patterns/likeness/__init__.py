"""What an operator is in a network, whatever exporter wrote the file: from strict to lenient.

Exporters name, fold and order alike networks differently: batch normalisations go into their
convolutions, a bias is an input of Gemm or an Add behind MatMul, GELU is one operator or five, and
Identities, Casts and the arithmetic of shapes come and go. What they all keep are the layers with
weights and which of them feed which. So the graph is contracted to those (``contract``), each gets
a kind from what it computes (``kinds``), and the neighbourhood in the contracted graph says which
one of its kind it is (``likeness``).

``likenesses_of(facts)[node_id]`` is the ``Likeness`` of an operator; about 25 µs an operator,
computed when first asked for.
"""

from analyzer.patterns.likeness.likeness import Likeness, Likenesses, likenesses_of

__all__ = ["Likeness", "Likenesses", "likenesses_of"]
