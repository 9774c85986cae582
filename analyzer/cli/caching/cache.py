"""What is known of a model already, if it, the plan and whatever judges are what they were."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.caching.frozen import NotFrozen, dump, parse
from analyzer.cli.caching.installed import installed
from analyzer.cli.caching.material import Unkeyable, material, written
from analyzer.cli.caching.place import Unusable, open_folder, secret_of
from analyzer.cli.caching.proof import FileLook, look, surroundings
from analyzer.cli.caching.store import Store
from analyzer.cli.paths import STDIN
from analyzer.cli.seen import Seen
from analyzer.errors import said_by
from analyzer.language import spoken
from analyzer.lint import Observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analyzer.cli.environment import Whereabouts
    from analyzer.cli.plan import Plan
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule

MOST_FILES = 4_000
"""Files with external data of one model."""
_MANY = 16
"""Entries after which a run looks whether there are too many; of smaller runs every eighth."""


class News(NamedTuple):
    """What became of one model in the cache."""

    path: str
    entry: str = ""
    """What stands for the entry that was written; empty for none."""
    trouble: str = ""
    """Why it cannot be written."""


class Cache:
    """Memory of earlier runs.

    Parameters
    ----------
    note
        Is told, once, where nothing can be kept.
    whole
        Whether what it is told of is whole, or only what findings are about (see ``Seen``): the
        one is not enough for the other, and is a tenth of it.
    """

    def __init__(self, store: Store, note: Callable[[str], None], *, whole: bool) -> None:
        self._store = store
        self._note = note
        self._whole = whole
        self._judges = installed(store, time.time_ns())
        self._plans: dict[Plan, str | None] = {}
        self._rules: tuple[tuple[Rule, ...], str] | None = None
        self._looks: dict[str, tuple[str, FileLook]] = {}
        self._news: News | None = None
        self._entries: dict[str, str] = {}
        self._trouble = ""
        self._written_now = 0

    def recall(self, path: str, plan: Plan) -> Seen | None:
        """What ``keep`` was told of a model that is there, and planned, like this one."""
        plan_key = None if path == STDIN else self._plan_key(plan)
        seen = look(path, self._store) if plan_key is not None else None
        if seen is None or plan_key is None:
            return None
        base = written(plan.bases.get(path))
        key = _digest(plan_key, path, seen.proof, base, str(self._whole))
        self._looks[path] = key, seen
        data = self._store.read(key)
        if data is None:
            return None
        try:
            places, found, facts, findings, problems = parse(data)
        except (NotFrozen, ValueError, TypeError):
            return None
        if surroundings(os.path.dirname(path), places, time.time_ns()) != found:
            return None
        self._entries[path] = _digest(key, written(found))
        return Seen(facts, Observed(findings, problems))

    def keep(self, path: str, seen: Seen, locations: Iterable[str | bytes]) -> None:
        """Remember what was found out about the model that ``recall`` did not know.

        ``locations`` are where the model says that its weights are. Nothing is remembered where
        something changed meanwhile, or where nothing can be written.
        """
        from analyzer.model.declared import parts_of  # onnx, which whoever has judged has loaded

        key, before = self._looks.get(path, ("", None))
        named = {names for names in map(parts_of, locations) if isinstance(names, tuple)}
        places = tuple(sorted(named))
        if before is None or len(places) > MOST_FILES:
            return
        found = surroundings(os.path.dirname(path), places, before.began)
        if found is None or not before.holds(path):
            return
        observed = seen.observed
        try:
            data = dump((places, found, seen.facts, observed.findings, observed.problems))
            if self._store.write(key, data):
                self._news = News(path, entry=_digest(key, written(found)))
        except NotFrozen:
            return
        except OSError as error:
            self._news = News(path, trouble=said_by(error))

    def news(self) -> News | None:
        """What ``keep`` has done since somebody asked last. Whoever judges in another process
        passes it on to ``hear``."""
        news, self._news = self._news, None
        return news

    def hear(self, news: News) -> None:
        """Take note of what ``keep`` has done, here or in another process."""
        self._trouble = self._trouble or news.trouble
        if news.entry:
            self._entries[news.path] = news.entry
            self._written_now += 1

    def text_of(self, result: Result, make: Callable[[], bytes]) -> bytes:
        """What ``make`` writes of a result: as it was written before, where the facts come from an
        entry of which that is known, and all else that the result holds is the same. As its key
        has all of that, it holds whatever the settings are that findings meet at every run."""
        entry = self._entries.get(result.facts.model.path)
        if entry is None:
            return make()
        try:
            key = _digest(entry, written(result), written(result.facts.problems))
        except Unkeyable:
            return make()
        known = self._store.read(key)
        if known is not None:
            return known
        text = make()
        try:
            self._written_now += self._store.write(key, text)
        except OSError as error:
            self._trouble = self._trouble or said_by(error)
        return text

    def close(self) -> None:
        """Keep within the limits after a run, and say once why something could not be written."""
        if self._trouble:
            self._note(f"the cache cannot be written: {self._trouble}; --no-cache does without")
        if self._written_now >= _MANY or (self._written_now and os.urandom(1)[0] % 8 == 0):
            self._store.tidy()

    def _plan_key(self, plan: Plan) -> str | None:
        if plan not in self._plans:
            try:
                self._plans[plan] = _digest(
                    self._judges, spoken(), self._written(plan.rules), material(plan)
                )
            except Unkeyable:
                self._plans[plan] = None
        return self._plans[plan]

    def _written(self, rules: tuple[Rule, ...]) -> str:
        """A digest of ``rules``, which most plans share."""
        if self._rules is None or self._rules[0] is not rules:
            self._rules = rules, _digest(written(rules))
        return self._rules[1]


def open_cache(place: Whereabouts, note: Callable[[str], None], *, whole: bool) -> Cache | None:
    """The cache, or ``None`` where there is none to be had, of which ``note`` is told why."""
    if not place.folder or os.open not in os.supports_dir_fd:  # no home folder; Windows
        return None
    try:
        return Cache(Store(open_folder(place.folder), secret_of(place)), note, whole=whole)
    except (Unusable, OSError) as why:
        note(f"no cache: {why}; --no-cache does without")
        return None


def _digest(*texts: str) -> str:
    """Texts without NUL as one name."""
    return sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
