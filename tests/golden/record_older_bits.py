"""Record, bit by bit, what artnb makes of the older Runs on the backend and machine at hand.

`older_runs.zip` holds what the older release itself made of them, and tests hold us near to it.
The bits are no longer that release's since norms take means row by row; they are recorded here, so
that whatever changes them again is noticed. From the project root, on both backends:

    python -m tests.golden.record_older_bits
"""

import json
import os
import tempfile
from pathlib import Path

from artnb.models import painting
from tests.golden import older_runs
from tests.golden.older_runs import GO_ON, artnb, at


def main() -> None:
    """Paint, go on, and add what came of it to `older_runs_bits.json`."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    painting.paints_with_ncnn = lambda: False  # Keras' own bits
    with tempfile.TemporaryDirectory() as place, at(older_runs.unpack(Path(place).resolve())):
        paintings = older_runs.paint(Path("painted"))
        artnb(*GO_ON)
        run = Path("outputs/trained")
        found = {
            "machine": older_runs.machine(backend),
            "paintings": paintings,
            "state": older_runs.digest_of(older_runs.state()),
            "logs": older_runs.logs(),
            "made": older_runs.files(run / "samples") | older_runs.files(run / "snapshots"),
        }
    known = json.loads(older_runs.BITS.read_text()) if older_runs.BITS.exists() else {}
    text = json.dumps(known | {backend: found}, indent=1, sort_keys=True)
    older_runs.BITS.write_text(text + "\n")


if __name__ == "__main__":
    main()
