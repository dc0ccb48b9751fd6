"""What visitors ask for is painted one picture at a time, and kept as files for a while."""

import hashlib
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image

from artnb.data.images import PAINTED_MARK, encode_png, fit_square
from artnb.errors import InputError, nearest
from artnb.explorer.paintings import Painted, Sampled, file_stem, paint_photo
from artnb.explorer.photos import Albums, Photo, read_photo
from artnb.runs.painter import LatentSampler, LoadedNetworks, Painter
from artnb.runs.run import Run

_MOST_NETWORKS = 4
_MOST_PAINTINGS = 16
# The page has its own copies of them; these are only on their way there.
_MOST_FILES = 32


class PaintingService:
    """Paints for all visitors; Keras is loaded when the first picture is painted.

    Args:
        runs: by the names that visitors choose them by.
        albums: their pictures.
        folder: for paintings on their way to the page.
        largest_px: see `read_photo`.
        backend: see `start_keras`.
    """

    def __init__(
        self,
        runs: Mapping[str, Run],
        albums: Albums,
        folder: Path,
        largest_px: int,
        backend: str | None = None,
    ) -> None:
        self.runs, self.albums = runs, albums
        self.largest_px, self.backend = largest_px, backend
        self.engines: list[str] = []
        self._files = FewFiles(folder, _MOST_FILES)
        self._painting, self._reading = Lock(), Lock()
        self._painted = lru_cache(_MOST_PAINTINGS)(self._paint)

    @cached_property
    def networks(self) -> LoadedNetworks:
        """The networks that have been loaded."""
        from artnb.platform.backend import start_keras

        start_keras(self.backend)
        return LoadedNetworks(_MOST_NETWORKS, self.engines.append)

    def run(self, name: str) -> Run:
        """Give a Run by the name that it is chosen by.

        Raises:
            InputError: there is none.
        """
        if name not in self.runs:
            raise InputError(f"there is no Run {name!r} to choose; {nearest(str(name), self.runs)}")
        return self.runs[name]

    def album(self, run: str, to: str) -> tuple[list[str], str]:
        """Name the pictures that there are to choose from, and say which these are."""
        chosen = self.run(run)
        with self._reading:
            album = self.albums.of(chosen, chosen.target_role(to))
        return list(album.names), album.remark

    def photo(self, run: str, to: str, place: int) -> Photo:
        """Read one of the pictures that there are to choose from.

        Raises:
            InputError: there is none at this place, or it cannot be read.
        """
        chosen = self.run(run)
        with self._reading:
            album = self.albums.of(chosen, chosen.target_role(to))
            if not 0 <= place < len(album.names):
                raise InputError(f"there are {len(album.names)} photos, and no {place}; choose one")
            return read_photo(album.names[place], album.read_bytes(place), self.largest_px)

    def uploaded(self, file: str | Path) -> Photo:
        """Read a picture that a visitor has brought.

        Raises:
            InputError: it cannot be read.
        """
        path = Path(file)
        return read_photo(path.name, path.read_bytes(), self.largest_px)

    def paint(self, run: str, epoch: str, to: str, photo: Photo) -> Painted:
        """Paint a photo.

        Raises:
            InputError: there is no such Run, epoch or direction, or its snapshot is damaged.
        """
        painter = self.run(run).painter(epoch, to)
        with self._painting:
            return self._painted(painter, photo)

    def _paint(self, painter: Painter, photo: Photo) -> Painted:
        painting = paint_photo(self.networks, painter, photo.pixels)
        return Painted(photo, painter, painting, reconstruction=None)

    def sample(self, run: str, epoch: str, seed: int, truncation: float) -> Sampled:
        """Make a picture out of a latent.

        Raises:
            InputError: there is no such Run or epoch, its snapshot is damaged, or seed or
                truncation is out of range.
        """
        from artnb.sampling.choice import SampleChoice

        SampleChoice(1, seed, truncation)  # checks them
        sampler = self.run(run).sampler(epoch)
        with self._painting:
            return Sampled(sampler, seed, truncation, self._sample(sampler, seed, truncation))

    def _sample(self, sampler: LatentSampler, seed: int, truncation: float) -> np.ndarray:
        generator = self.networks.load(sampler)
        from artnb.sampling.generating import generate

        (picture,) = generate(generator, [seed], truncation)
        return picture

    def file_of(self, painted: Painted | Sampled, edge_px: int | None = None) -> Path:
        """Write a painting as a PNG that is marked as painted and says what it is.

        Args:
            painted: the painting.
            edge_px: enlarge a square picture to this edge, to look at.
        """
        pixels = painted.painting
        if edge_px:
            pixels = np.asarray(fit_square(Image.fromarray(pixels), edge_px))
        data = encode_png(pixels, f"{PAINTED_MARK}: {painted.describe()}")
        return self._files.put(f"{file_stem(painted)}.png", data)


class FewFiles:
    """A folder of files of which the oldest go.

    Args:
        folder: where they lie, each in a folder that is named after what it holds.
        most: how many stay.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most = folder, most
        self._kept: OrderedDict[Path, None] = OrderedDict()
        self._writing = Lock()

    def put(self, name: str, data: bytes) -> Path:
        """Write a file; what is there already is only looked up."""
        place = self.folder / hashlib.sha256(data).hexdigest()[:32]
        with self._writing:
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
            self._kept[place] = None
            self._kept.move_to_end(place)
            while len(self._kept) > self.most:
                shutil.rmtree(self._kept.popitem(last=False)[0], ignore_errors=True)
        return place / name
