# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Style transfer: strokes from a single painting
#
# A CycleGAN learns from hundreds of paintings, for hours. Here one painting is enough, and nothing
# is trained: a photo is changed until a network that knows pictures finds in it the statistics of
# the painting and still the things of the photo.
#
# **What you get:** what the layers of a network hold of a painting, one photo in eight styles,
# three ways to compare styles and one that needs no network, and in the end the same photos
# painted from one painting, by a network that has learnt a painter by heart, and by a CycleGAN,
# with numbers.
#
# **What it needs:** the package, and SqueezeNet's weights, 3 MB, which are fetched. Where that is
# not possible, photos are put together from the paintings' own patches instead.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | 10 minutes (measured beside other work), 4 of them training |
# | the same, preset `smoke` | 60 seconds of computing (measured) |
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
# - `preset`: `auto` is `preview` here; `smoke` only checks in seconds that everything runs.
# - `photo_file`, `paintings_folder`: a photo of your own, and paintings to take the style from, of
#   which eight are shown. Left empty, both are invented.
# - `minutes`: how long to train each of the two networks of section 6.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
photo_file = ""  # @param {type: "string"}
paintings_folder = ""  # @param {type: "string"}
minutes = 2.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}

# %%
import artnb

print(artnb.start_keras())

# %%
import keras
import numpy as np
from PIL import Image

from artnb import bar, show, show_source, show_table, study, stylization, titled_grid
from artnb.notebook import style_transfer

# %%
keras.utils.set_random_seed(seed)
config = style_transfer.quick_in_smoke(artnb.demo_config(preset, minutes, seed))
settings = style_transfer.settings_for(config.preset, seed, progress=bar)
out = artnb.unused_folder(artnb.outputs_folder() / "style-transfer").absolute()
out.mkdir(parents=True)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Looks with {settings.features}. Everything goes to {out}")

# %% [markdown]
# ## 1 · A photo and eight paintings

# %%
size_px = settings.largest_px
photo, paintings = style_transfer.photo_and_paintings(size_px, photo_file, paintings_folder, seed)
show(
    titled_grid(
        [[photo, *paintings[:4]], [None, *paintings[4:]]], ["photo", "paintings", "", "", ""]
    )
)

# %% [markdown]
# ## 2 · What layers hold
#
# SqueezeNet was trained to tell a thousand kinds of things apart. On the way it turns a picture
# into **features**: in its first layer edges and colours, further up whorls, leaves, eyes. Gatys,
# Ecker and Bethge found that the *statistics* of such features, means over all places, hold what a
# painting looks like and nothing of what it shows. The simplest are each channel's mean and
# mean square:

# %%
show_source(stylization.moments)

# %% [markdown]
# What do they hold? Start from noise and change it until these statistics are those of a
# painting. There is no photo: everything that can be seen comes out of the statistics. With the
# first layer alone, then with more and more layers:

# %%
texture_settings = settings.replace(steps=3 * settings.steps)
layers, losses = style_transfer.layers_and_losses(config.preset)
textures = stylization.make_textures(paintings[1], layers, texture_settings, progress=bar)
sheet = titled_grid([[paintings[1], *textures.values()]], ["painting", *textures])
sheet.save(out / "textures.png")
show(sheet)

# %% [markdown]
# The first layer knows colours and the direction of a grain: its blots have no edges. With `fire3`
# there are strokes, and patches of colour with borders. The last layers bring forms: bands as of
# shores, skies, reflections, none of them in its place. That is the style, as this method
# understands it.

# %% [markdown]
# ## 3 · One photo in eight styles
#
# Style transfer adds one demand to that: at one layer in the middle, `fire4`, features must remain
# near the photo's, place by place. What is minimised is the sum:

# %%
show_source(stylization.Objective.__call__)

# %% [markdown]
# The picture starts as the photo in the painting's colours, small at first, and is changed step by
# step.

# %%
styled = stylization.paint_in_styles([photo], paintings, settings, progress=bar)
sheet = titled_grid([paintings[:4], styled[:4], paintings[4:], styled[4:]])
sheet.save(out / "eight-styles.png")
show(sheet)

# %% [markdown]
# One invented painter painted all eight, so the strokes are of one family and colours differ most.
# With paintings of several real painters the difference is larger.

# %% [markdown]
# ## 4 · Three losses, and patches
#
# - `gram`: how often channels are high *together*, as Gatys and his colleagues did it in 2015.
# - `moments`: mean and deviation of each channel. Cheaper, and as good.
# - `sliced`: not two moments but the whole distribution, along many directions.
# - `patches`: no network, no loss. The photo is put together from small patches of the painting
#   itself, so that each stroke has been copied from it (Elad and Milanfar 2017).

# %%
by_loss = stylization.paint_by_losses(photo, paintings[1], settings, losses, progress=bar)
sheet = titled_grid([[paintings[1], *by_loss.values()]], ["painting", *by_loss])
sheet.save(out / "losses.png")
show(sheet)

# %% [markdown]
# All of them took colours and strokes from one painting. Look at the sky: where the photo is flat,
# patches lay down paint as it lies in the painting, while a network fills it with what its
# statistics still lack.

# %% [markdown]
# ## 5 · What people wish for
#
# The photo's own colours: only light and dark are taken from the painting. And a mask: white is
# painted, black left alone. Here it fades from left to right.

# %%
fade = Image.fromarray(np.uint8(np.tile(np.linspace(255, 0, size_px), (size_px, 1))))
kept = artnb.stylize(photo, paintings[5], settings, keep_colours=True)
masked = artnb.stylize(photo, paintings[5], settings, mask=fade)
row = [photo, paintings[5], styled[5], np.asarray(kept), np.asarray(masked)]
sheet = titled_grid([row], ["photo", "painting", "painted", "colours kept", "masked"])
sheet.save(out / "wishes.png")
show(sheet)

# %% [markdown]
# ## 6 · One painting, or a painter
#
# All of that starts anew for every photo, from a single painting. Two kinds of networks learn once,
# from many photos and many paintings, and then paint at sight. **fast_style** is trained by the
# very losses from above, against the mean statistics of all paintings (Johnson, Alahi and Fei-Fei
# 2016). A **CycleGAN** knows no such losses: its discriminators learn to tell real paintings from
# its own (notebook [02](02_train_cyclegan.ipynb)). Do all of it on the same photos:

# %%
sizes = artnb.demo_sizes(config.preset)
numbers = (sizes.size_px, sizes.images, sizes.pairs, seed)
dataset = artnb.make_demo_data(out / "dataset", *numbers, bar)
held_out = list(artnb.fixed_pictures(dataset.x.shown(), sizes.pairs, dataset.size_px))
real = list(artnb.fixed_pictures(dataset.y.train, sizes.images // 3, dataset.size_px))
painted = {}

# %% [markdown]
# First each photo is put together from patches, all of them from one and the same painting of that
# painter; then each from the painting that is laid out most like it.

# %%
small = settings.replace(features="patches", largest_px=dataset.size_px)
painter = stylization.Paintings(real)
painted["one painting"] = stylization.paint_in_styles(held_out, real[:1], small, progress=bar)
painted["the nearest"] = stylization.paint_in_styles(held_out, [painter], small, progress=bar)

# %% [markdown]
# Then `fast_style`. It needs the network whose statistics it is after, so without weights it is
# left out.

# %%
if settings.features == "patches":
    print("There are no weights, and so nothing that fast_style could be trained against.")
else:
    fast_config = style_transfer.fast_style_config(config.preset, minutes, seed)
    fast = artnb.train(dataset, fast_config, out / "fast-style", watch=artnb.LivePicture().show)
    painted["fast_style"] = style_transfer.painted_by(fast, held_out)

# %% [markdown]
# And a CycleGAN.

# %%
cyclegan = artnb.train(dataset, config, out / "cyclegan", watch=artnb.LivePicture().show)
painted["CycleGAN"] = style_transfer.painted_by(cyclegan, held_out)

# %% [markdown]
# The same photos beside each other:

# %%
rows = zip(held_out[:4], *(pictures[:4] for pictures in painted.values()), strict=True)
sheet = titled_grid(list(rows), ["photo", *painted])
sheet.save(out / "beside.png")
show(sheet)

# %% [markdown]
# From one painting come strokes, and whatever that painting has: its colours fall on every photo, a
# sunset or not. From the nearest of many they come where they belong. Two minutes have taught
# `fast_style` the painter's colours and the directions of his strokes, with rims where there are
# none; a quarter of an hour makes them paint. The CycleGAN has learnt what he does with light and
# colour, green to gold and blue to turquoise, and treats each photo by itself; strokes would take
# it hours.

# %% [markdown]
# ## 7 · What each does, in numbers
#
# SSIM to the photo says how much of what it shows has stayed: 1 is the photo itself. The other
# columns are the study's measures in which paintings differ most from photos (notebook
# [05](05_style_study.ipynb)): 0 % is the photo, 100 % the painter, below 0 it moved away.

# %%
found = study.study_ways(held_out, real, painted, seed=seed, progress=bar)
show_table(study.table_of_ways(found))

# %%
figure = study.draw_progress(found)
figure.savefig(out / "progress.png")
show(out / "progress.png")

# %% [markdown]
# Read row by row: what has little SSIM has changed much, and only the other columns say whether it
# went anywhere. A tint moves colours and leaves grain where it was.

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"Sheets:    {', '.join(path.name for path in sorted(out.glob('*.png')))} in {out}")
print(f"The Runs:  {', '.join(path.parent.name for path in sorted(out.glob('*/config.json')))}")

# %% [markdown]
# **Limits.** The loss looks with the eyes of a network that was trained on photographs, so a low
# loss is no proof of a good picture, and scores by the same network do not judge. Statistics know
# nothing of places: a sky's strokes may land on a wall unless masks or regions say otherwise.
# Below 30 pictures the intervals are too narrow.
#
# **Next.** `artnb stylize --help` does all of this for folders, several styles at once and pictures
# of any size. Notebook [02](02_train_cyclegan.ipynb) explains a CycleGAN.
#
# **Sources.** Textures: Gatys, Ecker and Bethge 2015,
# [arXiv 1505.07376](https://arxiv.org/abs/1505.07376). Style transfer: the same,
# [arXiv 1508.06576](https://arxiv.org/abs/1508.06576). Moments: Li et al. 2017,
# [arXiv 1701.01036](https://arxiv.org/abs/1701.01036). Sliced: Heitz et al. 2021,
# [arXiv 2006.07229](https://arxiv.org/abs/2006.07229). Patches: Elad and Milanfar 2017,
# [arXiv 1609.03057](https://arxiv.org/abs/1609.03057). fast_style: Johnson et al. 2016,
# [arXiv 1603.08155](https://arxiv.org/abs/1603.08155). CycleGAN: Zhu et al. 2017,
# [arXiv 1703.10593](https://arxiv.org/abs/1703.10593). The pictures are computed and come under the
# project's licence, Apache-2.0.
