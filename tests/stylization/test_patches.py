"""A photo put together from a painting's patches; no backend takes part."""

import numpy as np
import pytest

from artnb.stylization import patches
from artnb.stylization.colours import match_colours
from artnb.stylization.patches import Grid, PatchSynthesis, edges, palettes_of
from artnb.stylization.regions import Region


def strokes(seed: int, shape: tuple[int, int] = (60, 70)) -> np.ndarray:
    """A painting of short bars in a few colours, `(1, height, width, 3)` in [-1, 1]."""
    random = np.random.default_rng(seed)
    picture = np.full((*shape, 3), random.uniform(-1, 1, 3), np.float32)
    for _ in range(150):
        row, column = (random.integers(0, length - 8) for length in shape)
        picture[row : row + 3, column : column + 8] = random.uniform(-1, 1, 3)
    return picture[None]


def test_a_painting_is_put_together_from_itself_exactly():
    painting = strokes(0)
    random = np.random.default_rng(0)
    (palette,) = palettes_of([Region(painting)], 9, random)
    grid = Grid(painting.shape[1:], 9, 5, random)
    chosen, distance = grid.chosen(painting[0], [palette])
    np.testing.assert_allclose(grid.agreed(painting[0], chosen), painting[0], atol=1e-5)
    assert distance < 1e-2


def test_each_patch_takes_the_one_that_is_most_like_it():
    """By all of their pixels, as a search through all pairs finds it."""
    painting, photo = strokes(0, (30, 33)), strokes(1, (30, 33))
    random = np.random.default_rng(0)
    (palette,) = palettes_of([Region(painting)], 9, random)
    palette.components = np.eye(243, dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(painting[0], (9, 9), axis=(0, 1))
    every = windows.reshape(-1, 243)
    palette.coordinates = every - palette.mean
    palette.norms = np.square(palette.coordinates).sum(axis=1)
    asked = np.lib.stride_tricks.sliding_window_view(photo[0], (9, 9), axis=(0, 1))
    asked = asked[::5, ::5].reshape(5, 5, 243)
    chosen = palette.nearest(asked - palette.mean)
    for place in np.ndindex(5, 5):
        distances = np.square(every - asked[place]).sum(axis=1)
        found = chosen.rows[place], chosen.columns[place]
        assert np.ravel_multi_index(found, windows.shape[:2]) == distances.argmin()
        assert chosen.distances[place] == pytest.approx(distances.min(), rel=1e-3)


def test_what_continues_a_neighbours_patch_is_taken_where_it_is_nearly_as_near(monkeypatch):
    """Never what is farther than was allowed, and so in a flat photo paint lies as it was."""
    painting, photo = strokes(0), np.full((1, 60, 70, 3), 0.1, np.float32)
    (palette,) = palettes_of([Region(painting)], 9, np.random.default_rng(0))
    grid = Grid(photo.shape[1:], 9, 5, np.random.default_rng(0))
    picture = photo[0] + 0.05 * np.random.default_rng(1).normal(size=photo.shape[1:])

    def chosen(coherence):
        monkeypatch.setattr(patches, "_COHERENCE", coherence)
        return grid.chosen(picture.astype(np.float32), [palette])[0][0]

    def as_it_lay(of):
        return np.mean(np.diff(of.columns, axis=1) == np.diff(grid.columns))

    nearest, coherent = chosen(-1.0), chosen(0.4)
    assert (coherent.distances <= 1.4**2 * nearest.distances * (1 + 1e-5)).all()
    assert (coherent.distances >= nearest.distances * (1 - 1e-5)).all()
    assert as_it_lay(nearest) < 0.1
    assert as_it_lay(coherent) > 0.3


def test_large_tones_stay_the_photos(monkeypatch):
    """A slope from dark to light, painted with two tones, is dark where it was and light there."""
    painting = np.full((1, 64, 64, 3), -0.6, np.float32)
    painting[:, :32] = 0.6
    slope = np.linspace(-0.8, 0.8, 96, dtype=np.float32)
    photo = match_colours(np.broadcast_to(slope[:, None, None], (1, 96, 96, 3)), painting)

    def distance(tones):
        monkeypatch.setattr(patches, "_TONES", tones)
        synthesis = PatchSynthesis()
        targets = synthesis.targets(photo, [Region(painting)])
        picture, _ = synthesis.minimise(photo, targets, 6, lambda *_: None)
        return np.abs(picture - photo).mean(axis=(0, 2, 3)).mean()

    assert distance(0.5) < 0.85 * distance(0.0)


def test_every_pixel_is_covered_whatever_the_size():
    random = np.random.default_rng(0)
    for length in (9, 10, 13, 14, 41):
        grid = Grid((length, 9, 3), 9, 5, random)
        assert grid.rows[0] == 0
        assert grid.rows[-1] == length - 9
        assert np.diff(grid.rows, prepend=0).max() <= 5


def test_steps_come_closer_to_the_painting_and_the_photo_is_seen_at_its_edges():
    painting = strokes(0, (36, 36))
    photo = match_colours(strokes(1, (36, 36)), painting)
    found: list[float] = []
    far = {}
    for strength in (0.1, 10.0):
        synthesis = PatchSynthesis(strength)
        targets = synthesis.targets(photo, [Region(painting)])
        picture, whole = synthesis.minimise(photo, targets, 6, lambda d, _: found.append(d))
        assert whole
        far[strength] = np.abs(picture - photo).mean()
    assert far[0.1] < 0.65 * far[10.0]
    assert len(found) == 12
    assert found[-1] < found[6]


def test_regions_take_patches_of_their_own():
    red, blue = np.zeros((2, 1, 40, 40, 3), np.float32)
    red[..., 0], blue[..., 2] = 1, 1
    painting = np.concatenate([red, blue], axis=2)
    left = np.zeros((40, 80), np.float32)
    left[:, :40] = 1
    # No patch whose middle is there has anything of the other half.
    far_left, far_right = np.roll(left, -5, axis=1), np.roll(1 - left, 5, axis=1)
    far_left[:, -5:] = far_right[:, :5] = 0
    regions = [Region(painting, far_right, left), Region(painting, far_left, 1 - left)]
    photo = np.zeros((1, 40, 80, 3), np.float32)
    random = np.random.default_rng(0)
    grid = Grid(photo.shape[1:], 9, 5, random)
    palettes = palettes_of(regions, 9, random)
    picture = grid.agreed(photo[0], grid.chosen(photo[0], palettes)[0])
    assert (picture[:, :30, 2] > 0.9).all()
    assert (picture[:, 50:, 0] > 0.9).all()


def test_the_seed_decides_and_ctrl_c_gives_what_there_is():
    photo, painting = strokes(1, (36, 36)), strokes(0, (36, 36))

    def run(seed, end_after=np.inf):
        taken = []

        def watch(distance, now):
            taken.append(now())
            if len(taken) == end_after:
                raise KeyboardInterrupt

        synthesis = PatchSynthesis(seed=seed)
        return *synthesis.minimise(
            photo, synthesis.targets(photo, [Region(painting)]), 3, watch
        ), taken

    (first, whole, taken), (again, *_), (other, *_) = run(0), run(0), run(1)
    assert whole
    assert (first == again).all()
    assert (first != other).any()
    ended, whole, _ = run(0, end_after=2)
    assert not whole
    assert (ended == taken[1]).all()


def test_edges_are_where_a_picture_changes():
    picture = np.zeros((64, 64, 3), np.float32)
    picture[:, 32:] = 1
    found = edges(picture)[..., 0]
    assert (found[:, 31:33] > 0.8).all()
    assert found[:, :20] == pytest.approx(0.02)
    assert edges(np.zeros((8, 8, 3), np.float32)) == pytest.approx(0.02)


def test_principal_components_are_those_of_the_covariance():
    from artnb.stylization.patches import _principal

    random = np.random.default_rng(0)
    patches = (random.normal(size=(200, 12)) * np.geomspace(1, 1e-3, 12)).astype(np.float32)
    mean, components = _principal(patches)
    np.testing.assert_allclose(mean, patches.mean(axis=0), atol=1e-6)
    directions = np.linalg.svd(patches - mean, full_matrices=False)[2][: components.shape[1]]
    assert 2 <= components.shape[1] < 6
    np.testing.assert_allclose(np.abs(directions @ components), np.eye(len(directions)), atol=1e-2)


def test_the_heavier_a_style_the_more_of_its_patches_are_taken():
    """Whatever the paintings are: a smooth one does not win because all its patches are alike."""
    rough, smooth = strokes(0), np.broadcast_to(np.float32(0.1), (1, 60, 70, 3))
    photo = strokes(1)[0]
    grid = Grid(photo.shape, 9, 5, np.random.default_rng(0))

    def share_of_smooth(share):
        regions = [Region(rough, share=1 - share), Region(smooth, share=share)]
        chosen, _ = grid.chosen(photo, palettes_of(regions, 9, np.random.default_rng(0)))
        return np.isfinite(chosen[1].distances).mean()

    shares = [share_of_smooth(share) for share in (0.001, 0.2, 0.5, 0.8, 0.999)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.9


def test_places_of_no_region_stay_as_they_are():
    painting, photo = strokes(0), strokes(1)[0]
    here = np.zeros((60, 70), np.float32)
    here[:, :30] = 1
    grid = Grid(photo.shape, 9, 5, np.random.default_rng(0))
    palettes = palettes_of([Region(painting, None, here)], 9, np.random.default_rng(0))
    picture = grid.agreed(photo, grid.chosen(photo, palettes)[0])
    assert (picture[:, 40:] == photo[:, 40:]).all()
    assert np.abs(picture[:, :25] - photo[:, :25]).mean() > 0.05


@pytest.mark.parametrize("size", [8, 9])
@pytest.mark.parametrize("rows", [slice(0, 1), slice(30, 31), slice(59, 60)])
def test_a_region_smaller_than_a_patch_has_those_that_touch_it(rows, size):
    dot = np.zeros((60, 70), np.float32)
    dot[rows, 3] = 1
    painting, photo = strokes(0), strokes(1)
    region = Region(painting, dot, dot)
    synthesis = PatchSynthesis()
    picture, _ = synthesis.minimise(
        photo, synthesis.targets(photo, [region, Region(painting, None, 1 - dot)]), 3,
        lambda *_: None,
    )  # fmt: skip
    assert np.isfinite(picture).all()
    (palette, _) = palettes_of([region, Region(painting)], size, np.random.default_rng(0))
    assert palette.allowed.any()
    if rows.start != 30:  # where no patch can have it in its middle
        windows = np.lib.stride_tricks.sliding_window_view(dot, (size, size))
        assert (palette.allowed == windows.any(axis=(2, 3))).all()
    for row, column in np.argwhere(palette.allowed):
        assert dot[row : row + size, column : column + size].any()


def test_a_blank_photo_is_papered_with_paint():
    painting = strokes(0)
    photo = np.full((1, 60, 70, 3), painting.mean(axis=(0, 1, 2)), np.float32)
    synthesis = PatchSynthesis()
    picture, _ = synthesis.minimise(
        photo, synthesis.targets(photo, [Region(painting)]), 6, lambda *_: None
    )
    spread = picture.std(axis=(0, 1, 2)) / painting.std(axis=(0, 1, 2))
    assert spread == pytest.approx(np.ones(3), abs=0.1)
