# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Quickstart: from photos to paintings
#
# In this notebook a CycleGAN learns to paint. It is shown photos of landscapes and, apart from
# them, paintings of other landscapes. Nobody tells it which painting belongs to which photo,
# because none does. A few minutes later it paints photos that it has never seen.
#
# **What you get:** a trained network, a sheet of its paintings, a number that says how good
# they are, and paintings of pictures of your own.
#
# **What it needs:** the package and nothing else. The pictures are made here.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about 5 minutes (measured), 3.5 of them training |
# | one T4 | about 5 minutes (an estimate), with more steps in the same 3.5 |

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
# - `preset`: `auto` is `preview` here, a small network that a few minutes suffice for; `smoke`
#   only checks in seconds that everything runs; `session` is made for a few hours on a GPU;
#   `paper` is the original, which takes days on a T4.
# - `minutes`: how long to train. More minutes give better paintings.
# - `photos_folder`: a folder of photos of your own, painted near the end.
# - `painter`: a generator that the authors of CycleGAN have trained, to paint the same photos with.
#   It is fetched from their server, 46 MB; left empty, nothing is.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 3.5  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
photos_folder = ""  # @param {type: "string"}
painter = ""  # @param ["", "style_monet", "style_vangogh", "style_cezanne", "style_ukiyoe"]

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import keras

from artnb import bar, before_and_after, picture_grid, show, show_source
from artnb.data import decode_rgb
from artnb.methods.cyclegan import CycleGAN

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes, seed)
out = artnb.unused_folder(artnb.outputs_folder() / "quickstart").absolute()
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · The pictures
#
# The package carries a small world with it: a program that invents landscapes (hills, lakes,
# trees, weather) and renders each one either as a photograph or as an imaginary painter would
# paint it. This painter prefers a warm haze and violet shadows, and lays strokes along the
# shapes.
#
# With a real collection everything below stays the same, only that somebody has to find and
# download the pictures first.

# %%
sizes = artnb.demo_sizes(config.preset)
dataset = artnb.make_demo_data(
    artnb.unused_folder(out / "dataset"), sizes.size_px, sizes.images, sizes.pairs, seed, bar
)
print(dataset.describe())

# %% [markdown]
# Some of the photos. The network learns from these …

# %%
show(picture_grid(artnb.fixed_pictures(dataset.x.train, 10, dataset.size_px), columns=5))

# %% [markdown]
# … and from these paintings. They show *other* places: there is no photo of any of them. That
# is what **unpaired** means, and it is the usual case. No camera stood beside Monet.

# %%
show(picture_grid(artnb.fixed_pictures(dataset.y.train, 10, dataset.size_px), columns=5))

# %% [markdown]
# A few scenes are kept out of training, and of those we have both: the photo, and below it
# what the painter makes of the very same place. The network never sees these pairs. At the end
# they tell how near it came.

# %%
pairs = artnb.held_out_pairs(dataset)[:4]
photos = [decode_rgb(photo) for _, photo, _ in pairs]
paintings = [decode_rgb(painting) for _, _, painting in pairs]
show(picture_grid(photos + paintings, columns=4))

# %% [markdown]
# ## 2 · The idea
#
# A CycleGAN trains two **generators**, G from photo to painting and F from painting to photo,
# against two **discriminators**, which learn to tell real pictures of their kind from generated
# ones. To fool them, G has to give its results the colours and strokes of the real paintings.
# So that it does not simply paint anything, F must be able to turn G's painting back into the
# photo it came from: photo → painting → photo is the **cycle** in the name.
#
# This is one training step, as the package runs it:

# %%
show_source(CycleGAN.step)

# %% [markdown]
# The generators' losses say what is asked of them. `generator_g` and `generator_f` ask to fool
# the discriminators, `cycle_x` and `cycle_y` to find the way back, and the two `identity` losses
# to leave alone what already is in the right style.

# %%
show_source(CycleGAN.generator_losses)

# %% [markdown]
# ## 3 · Training
#
# At first a few steps are timed, so that the number of epochs fits the minutes you gave. Then
# training starts, and the picture below is replaced after every epoch. From left to right in
# each half:
#
# 1. the original;
# 2. its translation;
# 3. the way back, which should equal the original;
# 4. the original sent through the *other* generator, which should change nothing.
#
# All of them are held-out pictures. Expect noise at first, then the painter's colours and haze;
# strokes would take hours rather than minutes.

# %%
run = artnb.train(dataset, config, artnb.unused_folder(out / "run"), watch=artnb.LivePicture().show)

# %% [markdown]
# For comparison the first grid, from before the first step. The networks' weights were random
# then, and so were the colours.

# %%
show(run.samples / "step-0000000.png")

# %% [markdown]
# ## 4 · Was it learning?
#
# The loss curves. They read differently from those of a classifier, because the two sides work
# against each other: when one gets better, the other's loss rises.
#
# - **Cycle and identity** should fall: the way back is being found.
# - **Generator** losses may well rise while the pictures improve, for the discriminators improve
#   too.
# - **Discriminators** between 0 and 0.25 are healthy. At 0.25, the dotted line, they can only
#   guess; close to 0 for long, they have won, and the generators learn little.
#
# None of these numbers says whether the paintings are good.

# %%
show(run.losses_picture)

# %% [markdown]
# The held-out pairs do say it, in part. Here is the mean difference between translation and
# true painting, over all pixels and colours, in grey levels from 0 to 255, beside the difference
# of the untouched photo. It counts colour above all, and it is a number that only invented data
# can give: for a real photo nobody knows the true painting.

# %%
check = artnb.check_held_out(run.painter().load(), dataset)
print(check.describe())

# %% [markdown]
# ## 5 · The contact sheet
#
# A number is no picture, so look: held-out photos, what the network made of them early, halfway
# and at the end, and what the painter would have painted.

# %%
sheet = artnb.draw_contact_sheet(run, dataset)
sheet.save(out / "contact_sheet.png")
show(sheet)

# %% [markdown]
# Minutes of training teach a palette and its haze, not strokes. Strokes can be had from a single
# painting, without training: the photo is put together from the painting's own small patches.

# %%
photos, paintings = artnb.large_demo_pictures(size_px=2 * dataset.size_px)
show(artnb.draw_strokes_sheet(run, photos, paintings, progress=bar))

# %% [markdown]
# ## 6 · Pictures of your own
#
# The generator consists of convolutions only, so it takes pictures of any size and shape. Name
# a folder in `photos_folder` above to use yours; otherwise two larger landscapes are made here.
# Your files are only read.
#
# Larger pictures are scaled down to 768 pixels first: strokes are as wide as the network
# learnt them, and on a photo of twelve megapixels they would be too fine to see.

# %%
own_photos = Path(photos_folder or artnb.make_demo_photos(out / "photos", seed=seed))
report = artnb.translate(run, own_photos, out / "paintings", largest_px=768, progress=bar)
print(f"{len(report.written)} painted, {len(report.skipped)} not readable as pictures")

# %%
show(before_and_after(own_photos, out / "paintings"))

# %% [markdown]
# ## 7 · A painter that was trained for days
#
# The authors of CycleGAN have published theirs: Monet, Van Gogh, Cézanne and Ukiyo-e, each trained
# on real paintings for days. Choose one as `painter` above and run this cell again: it becomes a
# Run like the one you have just trained, and paints the same photos.

# %%
if painter:
    published = artnb.import_generator(painter, artnb.unused_folder(out / painter), progress=bar)
    artnb.translate(
        published, own_photos, out / f"paintings-{painter}", largest_px=768, progress=bar
    )
    show(before_and_after(own_photos, out / f"paintings-{painter}"))
else:
    print("No painter is chosen, so nothing is fetched.")

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The contact sheet:       {out / 'contact_sheet.png'}")
print(f"The paintings:           {out / 'paintings'}")
print(f"Grids while training:    {run.samples}")
print(f"Loss curves and log:     {run.losses_picture}, {run.log_file}")
print(f"Settings:                {run.config_file}")
print(f"The trained generators:  {run.snapshots}")
print(f"The data:                {dataset.path}")

# %% [markdown]
# **Limits.** This network is small and trained for minutes, on pictures of a world far simpler
# than ours. On real photos expect its colours and haze, not more: it has
# seen no people, houses or streets. A CycleGAN changes colour and texture; it moves no shapes.
# And results differ a little from machine to machine, since a faster one trains more steps in
# the same time.
#
# **Next.** Notebook [01](01_data_prep.ipynb), on data of your own and the Monet pictures of the
# Kaggle competition.
#
# **Sources.** Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using
# Cycle-Consistent Adversarial Networks*, ICCV 2017,
# [arXiv 1703.10593](https://arxiv.org/abs/1703.10593). The losses' least-squares form: Mao et
# al. 2017, [arXiv 1611.04076](https://arxiv.org/abs/1611.04076). The landscapes and the painter
# are computed, not collected, and come under the project's licence, Apache-2.0.
