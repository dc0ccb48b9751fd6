"""Preparing as an Apache Beam pipeline, for collections beyond one machine.

What is done to a picture, where it goes and what is written are the same as on one machine, and
so are the shards to the last byte; only who does it differs. Workers read the pictures and write
the shards themselves: the folders must be ones that all of them see, such as a network drive or
a mounted bucket.
"""

import pickle
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from artnb.data.scan import look_at
from artnb.data.shards import Shard, write_planned
from artnb.data.sources import Picture
from artnb.data.workers import Chunk, has_chunk, write_chunk
from artnb.errors import InputError, UnfinishedError
from artnb.files import write_whole
from artnb.progress import Progress, silent

# The direct runner by itself would first fetch another one, a program, from the network.
ALL_CORES_HERE = (
    "--direct_running_mode=multi_processing",
    "--direct_num_workers=0",
    "--default_sdk_harness_log_level=ERROR",
)
_DONE = ".done"
_SECONDS_BETWEEN_LOOKS = 1.0


class BeamPipeline:
    """Workers of an Apache Beam runner.

    Args:
        options: as Beam takes them, such as `--runner=FlinkRunner`; without any, this machine's
            cores do the work.
        progress: shows how far they have got.

    Raises:
        InputError: Apache Beam is not installed.
    """

    def __init__(self, options: Sequence[str] = (), progress: Progress = silent) -> None:
        self._beam = _import_beam()
        self.options = list(options or ALL_CORES_HERE)
        self.progress = progress

    def prepare_chunks(self, folder: Path, chunks: Sequence[Chunk]) -> None:
        """Prepare the chunks that `folder` does not hold yet, and keep them there."""
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        missing = [_from_anywhere(chunk) for chunk in chunks if not has_chunk(folder, chunk)]
        jobs = [(_prepare_chunk, folder, chunk) for chunk in missing]
        self._carry_out("preparing pictures", folder, jobs)

    def write_shards(self, folder: Path, shards: Sequence[Shard]) -> list[dict[str, Any]]:
        """Write shards to `folder`, and give what dataset.json says of them, in their order."""
        folder = folder.absolute()
        jobs = [(write_planned, folder, _from_anywhere(shard)) for shard in shards]
        return self._carry_out("writing shards", folder, jobs)

    def _carry_out(self, title: str, place: Path, jobs: Sequence[tuple]) -> list[Any]:
        """Have each job done by some worker, and give what came of it.

        A job is a function and what it is given. It lies in a file, since a pipeline that holds
        the names of a million pictures is larger than runners accept.
        """
        if not jobs:
            return []
        with tempfile.TemporaryDirectory(prefix=".jobs-", dir=place) as jobs_folder:
            files = [Path(jobs_folder) / f"{number:06d}" for number in range(len(jobs))]
            for file, job in zip(files, jobs, strict=True):
                file.write_bytes(pickle.dumps(job))
            with _watched(files, self.progress(title, len(jobs))):
                self._run([str(file) for file in files])
            return [pickle.loads(_done(file).read_bytes()) for file in files]

    def _run(self, files: list[str]) -> None:
        beam = self._beam
        from apache_beam.options.pipeline_options import PipelineOptions

        try:
            with beam.Pipeline(options=PipelineOptions(self.options)) as pipeline:
                _ = (
                    pipeline
                    | "name jobs" >> beam.Create(files, reshuffle=True)
                    | "carry out" >> beam.Map(_carry_out_one)
                )
        except Exception as error:  # every runner has errors of its own
            why = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            raise UnfinishedError(
                f"the Beam pipeline broke off ({why[0]}); what is prepared is kept: run it again "
                "to go on"
            ) from error


def _import_beam():
    try:
        import apache_beam
    except ImportError as error:
        raise InputError(
            "preparing with Apache Beam needs apache-beam, which cannot be imported here "
            f"({error}); install it in an environment of its own: pip install 'artnb[beam]'. "
            "Its Pillow and protobuf are not those of Colab and Kaggle, so prepare without it "
            "there: the shards are the same"
        ) from error
    return apache_beam


def _from_anywhere(work: Chunk | Shard) -> Chunk | Shard:
    """Name a chunk's or a shard's files by whole paths: workers start elsewhere."""

    def whole(picture: Picture) -> Picture:
        return replace(picture, path=picture.path.absolute())

    return replace(work, pictures=[whole(picture) for picture in work.pictures])


def _prepare_chunk(folder: Path, chunk: Chunk) -> None:
    write_chunk(folder, chunk, (look_at(picture, chunk.size_px) for picture in chunk.pictures))


def _carry_out_one(file: str) -> None:
    """Do a job where a worker is; one that is given to two workers gives the same twice."""
    function, *given = pickle.loads(Path(file).read_bytes())
    write_whole(_done(Path(file)), pickle.dumps(function(*given)))


def _done(file: Path) -> Path:
    return file.with_name(file.name + _DONE)


@contextmanager
def _watched(files: Sequence[Path], advance: Callable[[], None]) -> Iterator[None]:
    """Advance with every job that is done, wherever it is done."""
    waiting = set(files)
    over = threading.Event()

    def look() -> None:
        for file in [file for file in waiting if _done(file).exists()]:
            waiting.discard(file)
            advance()

    def watch() -> None:
        while not over.wait(_SECONDS_BETWEEN_LOOKS):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        look()
