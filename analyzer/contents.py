"""What a file holds besides the network: its texts, and bytes that somebody should ask about.

The vocabulary of ``analyzer.trust``, beside ``facts``; what counts as suspicious is for rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Text:
    """One string of the model; equal ones of a kind are one, with their number."""

    kind: str
    """``name``, ``identifier`` (domain, operator or function), ``documentation``,
    ``metadata-key``, ``metadata``, ``attribute``, ``element`` (of a string tensor), ``location``
    (of external data), ``declaration`` (types and names of dimensions)."""
    place: str
    """Node id or tensor name; empty for the model."""
    owner: str
    """What it belongs to, for people, e.g. ``metadata 'author' of the model``."""
    text: str
    """The string; bytes that are not UTF-8 are escaped."""
    length: int
    """Bytes of it in the file."""
    count: int = 1
    """How often the model has it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A shape that was recognised inside a string."""

    family: str
    """What sort of shape it is, e.g. ``secret``, ``url``; rules select by it. ``foreign`` begins
    like a file of another sort, ``long`` has 4,096 bytes or more."""
    what: str
    """The shape for people, with its article, e.g. ``an access key of AWS``."""
    kind: str
    """Kind of the string, as ``Text.kind``."""
    place: str
    """Node id or tensor name; empty for the model."""
    owner: str
    """What the string belongs to, for people."""
    excerpt: str
    """What is seen of it; of a secret no more than four characters."""
    length: int
    """Characters of it."""
    count: int
    """Strings of the model with this same excerpt."""
    bytes: int = 0
    """Of the metadata and documentation with it, which nothing reads at run time. Of the first
    path or trace that an operator has, also all other of operators, which goes with it."""

    @property
    def more(self) -> str:
        """Clause for people that begins with a space: how many strings more; empty for none."""
        return f" (and {self.count - 1:,} strings more)" if self.count > 1 else ""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of bytes that no reader needs, that two may read differently, or that is odd."""

    family: str
    """``unknown-field``, ``repeated-field``, ``hole`` (of an external file), ``foreign`` (starts
    like a file of another sort), ``archive`` (the file's end is that of a zip archive)."""
    file: str
    """Name of the file; empty for the model itself."""
    place: str
    """Tensor name where it belongs to one; else empty."""
    what: str
    """For people, with its article, e.g. ``field 1999 of ModelProto``."""
    start: int
    """Offset in the file."""
    bytes: int
    """Length."""
    looks_like: str | None
    """What its first bytes are those of, e.g. ``an ELF program``; ``None``: nothing known."""
    is_blank: bool
    """Nothing but zeros, as far as it was looked at."""
    is_padding: bool
    """Blank, and no longer than what alignment explains."""

    @property
    def seems(self) -> str:
        """Clause for people that begins with a space: what it looks like; empty if unknown."""
        return f" (they begin like {self.looks_like})" if self.looks_like else ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file with external data, as ``lstat`` sees it."""

    name: str
    """Location as the model has it."""
    place: str
    """First tensor in it."""
    bytes: int
    """Its size."""
    links: int
    """Names that the file has in its file system; more than one: something outside of this folder
    may be the same file."""
    checksum: str
    """``matches``, ``differs`` or ``malformed``; empty where none is stated or it was not
    computed."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An operator type of a domain that is not ONNX's own, and that the model does not define."""

    domain: str
    """Domain of the operators."""
    op_type: str
    """Operator type."""
    place: str
    """Id of the first such operator."""
    count: int
    """Operators of this type."""
    declared: bool = False
    """The configuration, or an entry point that it names, says what the operator does."""


@dataclass(frozen=True, slots=True)
class Switch:
    """An output that a comparison with a constant chooses between a constant and a result."""

    place: str
    """Id of the operator that chooses."""
    op_type: str
    """``Where``, ``If`` or ``Mul``."""
    comparison: str
    """What is compared, for people, e.g. ``ReduceMax(x) = 1337``."""
    output: str
    """Graph output that it reaches."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """An entry of ``quantization_annotation`` that names a tensor which does not exist."""

    place: str
    """Tensor that is annotated."""
    key: str
    """Key of the entry."""
    name: str
    """The name that nothing has."""


@dataclass(frozen=True, slots=True)
class Override:
    """A function of the model that takes the name of a standard operator."""

    place: str
    """Id of its first call, or its name where nothing calls it."""
    domain: str
    """``""`` for ai.onnx."""
    name: str
    """Name of the initializer."""
    calls: int
    """Operators that it replaces."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A Loop whose number of iterations the file fixes."""

    place: str
    """Id of the operator."""
    trips: int | None
    """Iterations, those of the loops around it included; ``None``: nothing ends it."""

    @property
    def extent(self) -> str:
        """Clause for people: how long it goes on."""
        if self.trips is None:
            return "nothing ends the Loop"
        return f"the Loop runs its body {self.trips:,} times, as the file itself says"


class Contents:
    """What is beside the network; each list is made when it is first asked for.

    Parameters
    ----------
    makers
        What finds all records of a type, by that type.
    """

    def __init__(self, makers: Mapping[type, Callable[[], Iterable[object]]] | None = None) -> None:
        self._makers = makers or {}
        self._made: dict[type, tuple[object, ...]] = {}

    def get(self, record: type[_R]) -> tuple[_R, ...]:
        """All records of one type of this module; empty where nobody looked."""
        if record not in self._made:
            maker = self._makers.get(record)
            self._made[record] = tuple(maker()) if maker else ()
        return cast("tuple[_R, ...]", self._made[record])

    def __reduce__(self) -> tuple[type[Contents], tuple[()]]:
        """Nothing of it travels: it reads the file it is about."""
        return Contents, ()
