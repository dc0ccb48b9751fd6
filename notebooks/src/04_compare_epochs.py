# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Compare epochs and styles
#
# Scores rank epochs; people look. Here the same photos hang side by side after every kept epoch and
# as every Run paints them, with the way back, the identity and the nearest real painting beside
# them. All of it is made from the Runs' folders alone, so it can be made again at any time.
#
# **What you get:** sheets and an animation to share, a page to browse that opens from disk, and a
# panel to try photos of your own.
#
# **What it needs:** the package, and Runs. Without any, two are trained on the embedded data.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about 6 minutes (an estimate), 4 of them training; 9 when busy (measured) |
# | the same, preset `smoke` | about a minute (measured) |
# | one T4 | about 5 minutes (an estimate), with more steps in the same 4 |

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
# - `preset`, `minutes`: as in notebook 02; the minutes are for both Runs together.
# - `run_names`: Runs to look at, separated by commas. Without them two are trained here.
# - `photos_folder`: photos of yours. Without it those are taken that training did not see.
# - `photo_count`: how many photos hang in the gallery.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 4.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
run_names = ""  # @param {type: "string"}
photos_folder = ""  # @param {type: "string"}
photo_count = 12  # @param {type: "integer"}

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import IPython.display
import keras

from artnb import bar, show
from artnb.gallery import animate_epochs, sheets

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes, seed)
out = artnb.unused_folder(artnb.outputs_folder() / "compare").absolute()
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Two Runs to compare
#
# Which Runs are worth comparing? Different painters, of course. But one painter learnt in two ways
# is just as telling. Here the second Run puts more weight on the **cycle**: its paintings must
# lead back to the photo, so it should dare less.
#
# Epochs are short, so that there are several to look at.

# %%
bold = config.replace(
    steps_per_epoch=min(config.steps_per_epoch or 60, 60),
    minutes=config.minutes and config.minutes / 2,
)
careful = bold.replace(lambda_cycle=3 * bold.lambda_cycle)
print(f"Weight of the cycle: {bold.lambda_cycle:g} and {careful.lambda_cycle:g}")

# %%
runs = [artnb.open_run(name.strip()) for name in run_names.split(",") if name.strip()]
if not run_names:
    sizes = artnb.demo_sizes(config.preset)
    data = out / "dataset"
    dataset = artnb.make_demo_data(data, sizes.size_px, sizes.images, sizes.pairs, seed, bar)
    runs.append(artnb.train(dataset, bold, out / "bold", watch=artnb.LivePicture().show))

# %%
if not run_names:
    runs.append(artnb.train(dataset, careful, out / "careful", watch=artnb.LivePicture().show))

# %% [markdown]
# ## 2 · One gallery
#
# A **gallery** is a folder: every picture as a file, and a list of what they are. Each kept epoch
# of each Run paints every photo once; a second call paints only what is missing.

# %%
photos = Path(photos_folder) if photos_folder else None
folder = out / "gallery"
gallery = artnb.make_gallery(runs, folder, photos, count=photo_count, progress=bar, say=print)
pictures = sum(len(exhibit.views) for exhibit in gallery.exhibits)
print(f"{len(gallery.exhibits)} photos and paintings to start from, {pictures} pictures")

# %% [markdown]
# ## 3 · Epoch by epoch
#
# The question of every training: is it still getting better, or was it better before? Rows are
# photos, columns are epochs; where the true painting is known, it hangs on the right.

# %%
first = gallery.runs[0].name
show(sheets.draw_epochs(folder, first))

# %% [markdown]
# What to look for, from left to right: first the **palette** arrives, then haze and contrast, and
# only with hours of training strokes. Watch a place where paint and photo disagree, such as a dark
# tree against the sky: **blobs** of black or red show there first when the discriminators win.
# Later is not always better, so do not trust the last column.
#
# Moving pictures show changes that a sheet hides:

# %%
animation = animate_epochs(folder, out / "epochs.gif", first, count=4)
IPython.display.Image(animation.read_bytes(), format="gif", width=560)

# %% [markdown]
# ## 4 · Side by side
#
# The same photo by every Run, each with its best epoch by the scores, or its last.

# %%
show(sheets.draw_styles(folder))

# %% [markdown]
# The careful Run keeps more of the photo. Is that good? The painter of the embedded pictures
# changes colours a lot, so restraint costs likeness here. With photos that must stay recognisable,
# it is a virtue. No score answers that; a wall of pictures does.
#
# ## 5 · There and back
#
# A CycleGAN learns two directions at once, and its four pictures tell where it fails. If the
# **reconstruction** does not lead back to the original, the painting has lost something that the
# other generator cannot guess. If the **identity** (a painting through the generator that makes
# paintings) changes colours, the generator shifts colours without need.

# %%
show(sheets.draw_kinds(folder, first, count=3))

# %% [markdown]
# Is a reconstruction better than its painting lets one expect? Then the generator may have hidden
# what it needs for the way back, in patterns too faint to see.
#
# ## 6 · Learnt, or learnt by heart?
#
# Beside each painting hangs the real one that is nearest to it in an extractor's features, the most
# suspicious pair first. Alike in mood is what we want; alike in every branch would be a copy.

# %%
kinds = {view.kind for exhibit in gallery.exhibits for view in exhibit.views}
if "nearest" in kinds:
    show(sheets.draw_nearest_real(folder, first))
else:
    print("No extractor's weights are here; artnb evaluate --extractor squeezenet fetches 3 MB.")

# %% [markdown]
# ## 7 · Before and after
#
# Large, for those who want to see what becomes of their photo:

# %%
show(sheets.draw_before_and_after(folder, first, count=3))

# %% [markdown]
# ## 8 · A page to browse and to share
#
# The gallery's `index.html` opens from disk without any server: one slider changes the epoch of all
# pictures, a click compares before and after with a divider to drag, arrow keys walk through photos
# and epochs, and score curves hang beside the pictures where a Run was scored. Copy the folder to
# share it.

# %%
files = [file for file in folder.rglob("*") if file.is_file()]
megabytes = sum(file.stat().st_size for file in files) / 1e6
print(f"Open {folder / 'index.html'} in a browser.")
print(f"The folder has {len(files)} files, {megabytes:.1f} MB.")

# %% [markdown]
# All sheets and animations at once, into the gallery's folder. The command
# `artnb gallery --run NAME` does all of this without a notebook, with one Run or several.

# %%
written = [*sheets.write_sheets(folder), animation]
print(*written, sep="\n")

# %% [markdown]
# ## 9 · Try it yourself
#
# Choose a Run, an epoch and a photo, or upload one of yours: a panel shows the photo, the painting,
# the way back and where the painting differs. What you like can be saved and kept among favourites.
# It needs a running notebook; in a saved page the panel is empty.

# %%
artnb.explore(runs, photos)

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The gallery's page:  {folder / 'index.html'}")
print(f"Sheets:              {folder / 'sheets'}")
print(f"The animation:       {animation}")
print("Runs:                " + ", ".join(str(run.path) for run in runs))

# %% [markdown]
# **Limits.** Minutes of training give palette and haze, not strokes, so the columns differ less
# than those of a long training. Only kept epochs can be shown: 1, 2, 5, every tenth, the best and
# the last. The eye is easily pleased by contrast; compare with real paintings, not with the photo
# alone.
#
# **Next.** Notebook 05 measures what you have seen: palette, sky, haze and strokes. Notebook 03
# scores epochs, so that `best` means something here.
#
# **Sources.** Zhu, Park, Isola and Efros 2017, *Unpaired Image-to-Image Translation using
# Cycle-Consistent Adversarial Networks*, [arXiv 1703.10593](https://arxiv.org/abs/1703.10593).
# What generators hide for the way back: Chu, Zhmoginov and Sandler 2017, *CycleGAN, a Master of
# Steganography*, [arXiv 1712.02950](https://arxiv.org/abs/1712.02950). The embedded landscapes come
# under the project's licence, Apache-2.0.
