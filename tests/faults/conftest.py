"""Command lines in this process, as the tests of the command line run them."""

from tests.cli.conftest import clean as clean
from tests.cli.conftest import cli as cli
from tests.cli.conftest import wasteful as wasteful
