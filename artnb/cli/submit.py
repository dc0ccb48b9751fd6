"""Commands for Kaggle's competition: make and check a submission, push the notebook."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import artnb
from artnb import data, submission
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.submission.rules import SLUG, ZIP_NAME


def build(
    *,
    run: options.RunName,
    photos: Annotated[Path, "the competition's folder, a Dataset, or one of pictures or shards"],
    out: Annotated[Path, "the zip to make"] = Path(ZIP_NAME),
    epoch: options.Epoch = "latest",
    to: options.To = "y",
    count: Annotated[int | None, "paint so many of the photos, spread evenly"] = None,
    deadline: Annotated[
        options.Minutes | None, "from now: stop in time, with a zip if there are pictures enough"
    ] = None,
    replace: Annotated[bool, "make it anew where another one is there"] = False,
    backend: options.Backend = None,
) -> None:
    """Paint 7,000 to 10,000 photos into a zip; goes on where it was stopped."""
    started = time.time()
    opened = artnb.open_run(run)
    opened.find_epoch(epoch)
    if not photos.is_file():
        data.existing_folder(photos, "photos")
    options.say_passed_over(photos)
    until = artnb.Deadline(deadline, 0, started) if deadline is not None else None
    options.say_backend(backend)
    made = artnb.build_submission(
        opened, photos, out, epoch, to, count, deadline=until, replace=replace, progress=artnb.bar
    )
    print(f"{made.path}: {made.describe()}")
    for name, why in made.unreadable:
        print(f"artnb: {name} was left out: {why}", file=sys.stderr)
    print(f"Check it:  artnb submit check {made.path}")


def check(
    zip: Annotated[Path, "the zip"] = Path(ZIP_NAME),
    *,
    real: Annotated[Path | None, "for a local MiFID: the competition's folder or paintings"] = None,
    extractor: options.Extractor = "auto",
    backend: options.Backend = None,
) -> int:
    """Check a submission: count, size, colours, names, repeats, damage.

    A MiFID that was asked for with --real and cannot be had ends with the code 2, as does a
    submission that would be turned down.
    """
    if real:
        data.pictures_of_side(real, "y", "real paintings")
    checked = artnb.check_submission(zip, progress=artnb.bar)
    print(checked.describe())
    if not checked.is_right:
        if real:
            print(
                f"artnb: {submission.NOT_COMPUTED}, since the submission would be turned down",
                file=sys.stderr,
            )
        return 2
    if real:
        options.say_backend(backend)
    lines = submission.local_mifid(zip, real, extractor, artnb.bar)
    if real and len(lines) == 1 and lines[0].startswith(submission.NOT_COMPUTED):
        print(f"artnb: {lines[0]}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def note(
    *,
    run: options.RunName,
    score: Annotated[float, "the MiFID that the leaderboard shows"],
    epoch: Annotated[
        options.Epoch | None,
        f"a kept epoch (default: that of the {ZIP_NAME} here, else the latest)",
    ] = None,
) -> None:
    """Keep what the leaderboard said in the Run, beside its own scores, and draw both."""
    opened = artnb.open_run(run)
    made = submission.finished_facts(Path(ZIP_NAME)) or {}
    if epoch is None and made.get("run") == opened.path.name:
        epoch = made["epoch"]
    noted = submission.note_score(opened, score, opened.find_epoch(epoch or "latest"))
    print(noted.describe())
    print(f"Scores:  {opened.scores_file}")
    print(f"Curves:  {opened.scores_picture}")


def push(
    notebook: Annotated[Path, "an .ipynb file"],
    *,
    user: Annotated[str, "the account's name in kaggle.com/NAME"],
    title: Annotated[str | None, "of the notebook there (default: of its file's name)"] = None,
    dataset: Annotated[
        Sequence[str],
        "a data set to attach, such as one with a wheel of artnb; may be repeated",
        Option(metavar="OWNER/NAME"),
    ] = (),
    competition: Annotated[str, "whose data is attached"] = SLUG,
    without_previous: Annotated[bool, "do not attach the previous version's output"] = False,
    public: Annotated[bool, "everybody may see it"] = False,
    no_gpu: Annotated[bool, "run on CPUs"] = False,
    no_internet: Annotated[bool, "run without the internet"] = False,
    out: Annotated[Path | None, "folder to make and to push"] = None,
    dry_run: Annotated[bool, "show what would be pushed; needs no credentials"] = False,
) -> None:
    """Push a notebook with Kaggle's client; Kaggle runs it at once."""
    from artnb.submission import kernel as kernels

    kernels.check_notebook(notebook)
    kernel = kernels.Kernel(
        user,
        title or kernels.title_of(notebook),
        [competition],
        dataset,
        continues=not without_previous,
        public=public,
        gpu=not no_gpu,
        internet=not no_internet,
    )
    folder = out or artnb.outputs_folder() / "kaggle" / kernel.id.split("/")[1]
    if dry_run:
        print(f"Would push {notebook} as kaggle.com/code/{kernel.id}, from {folder}")
        print(f"{kernels.METADATA}:\n{kernels.as_json(kernel, notebook)}", end="")
        return
    print(f"Metadata: {kernels.write_kernel(notebook, kernel, folder)}")
    for line in kernels.push(folder, kernel.id):
        print(line)
