"""Coverage-guided fuzzing: ``python -m tests.fuzz.harness walk -max_total_time=60``.

The target is ``walk``, ``check``, ``names`` or ``cli``; what follows are options of libFuzzer. New
inputs are kept in ``out/fuzz/TARGET`` and continue the next run; one that breaks a promise is
written to ``out/fuzz/TARGET-crash-…`` and is run alone by naming it instead of the options.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import sys
from pathlib import Path

OUT = Path("out") / "fuzz"
OPTIONS = (
    # A child that dies in onnx's C++ is a result, not a crash of the fuzzer.
    *(f"-handle_{name}=0" for name in ("abrt", "bus", "fpe", "ill", "segv", "term", "xfsz")),
    "-rss_limit_mb=4096",
    "-max_len=8192",
    "-verbosity=1",
)


def main(arguments: list[str]) -> None:
    try:
        import atheris
    except ImportError:
        sys.stderr.write("atheris is not installed: pip install '.[fuzz]' (Linux on x86-64)\n")
        raise SystemExit(os.EX_UNAVAILABLE) from None

    with atheris.instrument_imports(include=["analyzer"]):
        import analyzer

        # What is imported lazily is measured too, so it must be imported here.
        for module in pkgutil.walk_packages(analyzer.__path__, "analyzer."):
            if module.name != "analyzer.__main__":
                importlib.import_module(module.name)
        from tests.fuzz import targets

    name = arguments[0] if arguments else ""
    if name not in targets.TARGETS:
        sys.stderr.write(f"the target must be one of {', '.join(targets.TARGETS)}\n")
        raise SystemExit(os.EX_USAGE)
    target, seeds = targets.TARGETS[name]

    # libFuzzer's own changes seldom leave a model a model.
    def mutator(data: bytes, most: int, seed: int) -> bytes:
        mutant = targets.mutate_model(data, seed, most) if seed % 2 else None
        return bytes(atheris.Mutate(data, most)) if mutant is None else mutant

    models = {"custom_mutator": mutator} if name in {"walk", "check"} else {}
    rest = arguments[1:]
    folder = OUT / name
    if all(word.startswith("-") for word in rest):
        folder.mkdir(parents=True, exist_ok=True)
        for data in seeds():
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
        rest = [*rest, str(folder)]
    prefix = f"-artifact_prefix={OUT / name}-"
    atheris.Setup([sys.argv[0], *OPTIONS, prefix, *rest], target, **models)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
