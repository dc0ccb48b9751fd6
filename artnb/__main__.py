"""Run the command line with ``python -m artnb``."""

import sys

from artnb.cli import main

sys.exit(main())
