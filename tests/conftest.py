"""Settings of the whole suite."""

import os

from hypothesis import HealthCheck, settings

# Derandomised: a pull request fails for what it changes; new examples are looked for by
# `make fuzz`. No deadline: the machine that runs the suite may be busy.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("suite"),
    derandomize=False,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "2000")),
)
settings.load_profile("suite")
