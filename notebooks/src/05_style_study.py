# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Style study: the haze, the sky, the browns, or only a tint?
#
# A score such as FID says how far translations are from paintings, but not in what. Monet's haze,
# Cézanne's browns and Van Gogh's skies are different things to learn. Here each of them becomes a
# number, first on one picture, then on whole sets. In the end one figure says how far a Run has
# come in each: 0 is the photo, 1 the painting.
#
# **What you get:** a table and seven figures about photos, paintings and what a Run makes of
# photos, every number with its interval.
#
# **What it needs:** the package. A small Run is trained on embedded pictures; name one of yours to
# study that instead, and folders of further painters.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | 6 minutes on busy cores (measured), 3 of them training |
# | the same, preset `smoke` | 40 seconds of computing (measured) |
# | one T4 | about 5 minutes (an estimate) |

# %% cellView="form"
# @title Install
import glob
import re
import subprocess
import sys
from importlib import invalidate_caches, metadata, util

WHEELS = ("artnb-*.whl", "/kaggle/input/*/artnb-*.whl", "/kaggle/input/datasets/*/*/artnb-*.whl")


def pip_install(*what):
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *what], check=True)
    invalidate_caches()


spec = util.find_spec("artnb")
if not (spec and spec.origin):  # a folder that merely has this name has no origin
    wheels = [wheel for place in WHEELS for wheel in sorted(glob.glob(place))[-1:]]
    pip_install("--no-deps", *(wheels[:1] or ["git+https://github.com/OWNER/artnb"]))
    installed = {re.sub("[-_.]+", "-", d.name).lower() for d in metadata.distributions() if d.name}
    needed = [line for line in metadata.requires("artnb") if "extra ==" not in line]
    missing = [line for line in needed if re.match("[a-z0-9-]+", line)[0] not in installed]
    if missing:
        pip_install(*missing)

# %% [markdown]
# ## Parameters
#
# Leave them as they are for a first run.
#
# - `preset`: `auto` is `preview` here, a small network for a few minutes; `smoke` checks in seconds
#   that everything runs; `session` and `paper` are for real trainings.
# - `minutes`: how long to train.
# - `run_name`: a Run that is there already, to study that instead of training one.
# - `dataset_folder`: what to train on instead of the embedded pictures, or where the data of the
#   named Run is now.
# - `painters`: folders of further painters, such as `cezanne=/data/cezanne, vangogh=/data/vangogh`.
# - `photos_folder`: photos to paint instead of the Run's held-out ones.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 3.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
run_name = ""  # @param {type: "string"}
dataset_folder = ""  # @param {type: "string"}
painters = ""  # @param {type: "string"}
photos_folder = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import keras
import numpy as np
from scipy.ndimage import gaussian_filter

from artnb import bar, evaluation, picture_grid, show, show_source, show_table, study
from artnb.notebook import study_maps

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes, seed)
out = artnb.unused_folder(artnb.outputs_folder() / "style-study").absolute()
out.mkdir(parents=True)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Photos and paintings
#
# Above photos, below paintings. The painter of the embedded pictures is invented, and its habits
# are known: a warm haze, violet shadows, strokes along the shapes. Will the numbers find that out?

# %%
sizes = artnb.demo_sizes(config.preset)
numbers = (sizes.size_px, sizes.images, 3 * sizes.pairs, seed)
run = artnb.open_run(run_name) if run_name else None
data = Path(dataset_folder) if dataset_folder else None
if run:
    dataset = evaluation.open_run_data(run, data, bar)
elif data:
    dataset = artnb.open_dataset(data, progress=bar)
else:
    dataset = artnb.make_demo_data(out / "dataset", *numbers, bar)
x, y = dataset.x.name, dataset.y.name
print(dataset.describe())

# %%
photos = artnb.fixed_pictures(dataset.x.shown(), 6, dataset.size_px)
paintings = artnb.fixed_pictures(dataset.y.train, 6, dataset.size_px)
show(picture_grid([*photos, *paintings], columns=6))
pair = {f"a {x}": photos[0], f"a {y}": paintings[0], f"another {y}": paintings[1]}

# %% [markdown]
# ## 2 · Palette
#
# The **Cézanne question**: how much brown, green and blue is in a picture? Colours are compared in
# CIELAB, where distances are about those that people see. Brown is there what orange becomes when
# it is dark and not vivid. The borders are drawn around the colours that people called so in a
# large survey.

# %%
study_maps.draw_colour_regions(pair).savefig(out / "one-colours.png")
show(out / "one-colours.png")

# %% [markdown]
# **Saturation** is the distance from grey, the chroma. Beside its mean the upper percentiles
# count: they tell whether a vivid sunset stays vivid.
#
# ## 3 · Sky
#
# The **Van Gogh question** is about strokes. Their directions are read from the gradients of the
# upper third, where the sky mostly is. A line is long where neighbours agree: **coherence**.

# %%
study_maps.draw_directions(pair).savefig(out / "one-directions.png")
show(out / "one-directions.png")

# %% [markdown]
# **Spirality** asks whether directions turn around a point. Rings and spirals do, parallel strokes
# do not. To see that the measure works, a spiral and stripes that are made for it stand beside a
# painting.

# %%
down, right = np.mgrid[:256, :256] - 127.5
down = down + 85
waves = np.hypot(right, down) / 2 + 2 * np.arctan2(down, right)
spiral, stripes = (128 + 90 * np.sin(phase) for phase in (waves, (right + down) / 3))
known = {"spiral": spiral, "stripes": stripes}
grey = {name: np.uint8(values)[..., None].repeat(3, axis=2) for name, values in known.items()}
study_maps.draw_eddies({**grey, f"a {y}": paintings[0]}).savefig(out / "one-eddies.png")
show(out / "one-eddies.png")

# %% [markdown]
# **Clouds** need the sky itself. It is what hangs together with the upper edge and is blue or
# teal, or light and neither brown nor green; its share of grey and white are the clouds. Snow and
# water that reach up are taken for sky, and dark or orange skies are missed.

# %%
study_maps.draw_sky(pair).savefig(out / "one-sky.png")
show(out / "one-sky.png")

# %% [markdown]
# ## 4 · Haze
#
# The **Monet question.** In clear air almost every place has something dark in one of its colours
# nearby; a veil lifts that. This **dark channel** was invented to remove haze from photos. Haze
# also lowers local contrast. Whether edges are soft is measured apart from it. In the middle
# the same photo under an artificial veil:

# %%
veiled = np.uint8(0.5 * photos[0] + 0.5 * 225)
three = {f"a {x}": photos[0], "under a veil": veiled, f"a {y}": paintings[0]}
study_maps.draw_haze(three).savefig(out / "one-haze.png")
show(out / "one-haze.png")

# %% [markdown]
# ## 5 · Strokes
#
# Broad strokes and fine ones differ in how fast the power falls from coarse to fine. Blur makes
# the slope steeper, brushwork makes it flatter.

# %%
blurred = np.uint8(gaussian_filter(np.float64(photos[0]), (1.5, 1.5, 0)))
three = {f"a {x}": photos[0], "blurred": blurred, f"a {y}": paintings[0]}
study_maps.draw_spectra(three).savefig(out / "one-spectrum.png")
show(out / "one-spectrum.png")

# %% [markdown]
# ## 6 · A Run to study

# %%
watch = artnb.LivePicture()
run = run or artnb.train(dataset, config, out / "run", watch=watch.show)
print(f"{run.path.name}: epochs {run.snapshot_epochs()}")

# %% [markdown]
# Now the sets: all paintings, held-out photos, and what each kept epoch makes of these photos. Each
# picture is measured once and remembered. How far a translation has come is computed photo by
# photo, and pictures are drawn anew a thousand times to see how sure it is:

# %%
show_source(study.progress_between)

# %%
named = dict(part.strip().split("=", 1) for part in painters.split(",") if part.strip())
folders = {name: Path(folder) for name, folder in named.items()}
choice = evaluation.Choice(data, photos=Path(photos_folder) if photos_folder else None)
options = study.Options(seed=seed, progress=bar, say=print)
found = study.study_runs([run], painters=folders, choice=choice, options=options, dataset=dataset)
figures = study.save_figures(found, out)
study.write_study(out / "study.csv", found.rows)

# %% [markdown]
# ## 7 · What tells paintings from photos
#
# Cliff's delta takes a photo and a painting at random: it is 1 where the painting always has more,
# −1 where it always has less, 0 where neither is more likely. In the grey band, photos and
# paintings hardly differ, and there is nothing to learn.

# %%
show(figures["effects"])

# %% [markdown]
# Means hide much. Each dot is a picture; look at the width of the clouds too. A Run that paints
# every photo in the same mean tone hits the paintings' mean and misses their variety.

# %%
show(figures["distributions"])
show(figures["main_colours"])

# %% [markdown]
# ## 8 · How far the Run has come
#
# The overview: a dot at 0 is still the photo, at 1 it is the painting. Left of 0 the Run moved
# away, right of 1 it went too far. Pale dots are earlier epochs. If only lightness, warmth and
# chroma arrive, the Run has learned a tint: after a few minutes it mostly has. The veil is then too
# thick, and the grain of strokes farther away than in the photo.

# %%
show(figures["overview"])

# %%
print(study.describe_study(found))

# %% [markdown]
# **Kept or damped?** Dots below the line are photos whose vivid colours were toned down. The most
# vivid ones, on the right, suffer first.

# %%
show(figures["vividness"])

# %% [markdown]
# **Grain** by scale, from fine to coarse, and **early artefacts**: black or saturated red blobs
# where the photo has none, epoch by epoch.

# %%
show(figures["grain"])
show(figures["artefacts"])

# %% [markdown]
# The quantities in which paintings and photos differ most, as rows of the table:

# %%
best = [row for name in found.strongest[:6] for row in found.find("translation", name)[-1:]]
columns = ("question", "quantity", "value", "progress", "progress_low", "progress_high", "note")
show_table([row.as_dictionary() for row in best], columns)

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The table:    {out / 'study.csv'}")
print(f"The figures:  {', '.join(path.name for path in figures.values())}")
print(f"The Run:      {run.path}")

# %% [markdown]
# **Limits.** A network after a few steps paints everything in one tone and gets mean colours
# right, so read several quantities together. Photos and paintings differ in subject too: a painter
# who loved gardens has more green, whatever the style; tables of subjects
# (`artnb study --subjects`) hold that apart. Below 30 pictures intervals are too narrow, and of
# some twenty quantities one may differ by chance. Grain only compares between pictures of one
# original size. Noise alone reaches a spirality of 0.35, so judge differences between sets, not
# single values.
#
# **Next.** `artnb study --help` studies several Runs at once. Longer training, real paintings
# (notebook 01), then this notebook with `run_name`.
#
# **Sources.** Dark channel: He, Sun and Tang, CVPR 2009. Directions: Bigün and Granlund, ICCV 1987;
# spirals: Bigün, Bigün and Nilsson, IEEE TPAMI 26(12), 2004. Spectra: Field, JOSA A 4(12), 1987.
# Effect size: Cliff, Psychological Bulletin 114(3), 1993. Names of colours: the XKCD colour survey
# of 2010. The embedded pictures come under the project's licence, Apache-2.0.
