"""The type of what tensors hold, as far as it is handed on: a NumPy array.

NumPy's own class is partly unknown to a type checker (its element types mention numbers of the
standard library, which are), and so would be whatever mentions it. Who computes with elements
takes them as an array by ``numpy.asarray``, which copies nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Elements(Protocol):
    """Elements of a tensor in its shape: a ``numpy.ndarray``."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def ndim(self) -> int: ...

    @property
    def size(self) -> int: ...

    @property
    def nbytes(self) -> int: ...

    @property
    def dtype(self) -> Any:
        """A ``numpy.dtype``."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __getitem__(self, place: Any, /) -> Any: ...

    def __array__(self) -> Any: ...

    def item(self) -> Any:
        """The only element, as a number of Python's."""

    def tolist(self) -> Any:
        """All elements as numbers of Python's, in nested lists."""

    def ravel(self) -> Any:
        """All elements in C order, flat."""

    def reshape(self, shape: Any, /) -> Any:
        """The same elements in another shape."""

    def astype(self, dtype: Any, /) -> Any:
        """The elements converted to another type."""

    @property
    def flat(self) -> Any:
        """An iterator over all elements."""

    def tobytes(self) -> bytes:
        """The elements as bytes, in C order."""

    def any(self) -> Any:
        """Whether an element is not 0."""

    def all(self) -> Any:
        """Whether no element is 0."""

    def min(self) -> Any:
        """The smallest element."""

    def max(self) -> Any:
        """The largest element."""
