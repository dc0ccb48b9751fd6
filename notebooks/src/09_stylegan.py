# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # StyleGAN2: pictures out of numbers, from few paintings
#
# A CycleGAN turns a photo into a painting. A StyleGAN2 needs no photo: it turns a **latent**, a
# list of random numbers, into a picture like those it has learnt from. It used to take tens of
# thousands of them. With **adaptive discriminator augmentation** (ADA) hundreds are a beginning.
#
# **What you get:** a network that writes digits when told which, one that paints 64 px paintings,
# and all that one can ask of it: curves, scores, truncation, mixtures, ways between pictures,
# whether it has learnt by heart, the latent of a painting, and a second network that begins where
# the first one ended.
#
# **What it needs:** the package. Without pictures of your own a collection is invented.
# SqueezeNet's weights, 3 MB, and MNIST, 11 MB, are fetched where that is possible; nothing depends
# on them.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | 20 minutes (an estimate), 12 of them training |
# | the same, preset `smoke` | a minute and a half of computing on busy cores (measured) |
# | one T4 | 20 minutes (an estimate); for results give `minutes` an hour or more |

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
# - `preset`: `auto` trains paintings with `preview` on a CPU and with `session` on a GPU; digits
#   take `preview`. `smoke` only checks in seconds that everything runs.
# - `minutes`: how long to train each of the two networks.
# - `paintings_folder`: pictures of your own, such as the competition's `monet_jpg`; subfolders too.
# - `other_folder`: other pictures, for the network that begins from the first one.
# - `picture_file`: a painting whose latent is looked for; empty takes one of the paintings.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 5.0  # @param {type: "number"}
paintings_folder = ""  # @param {type: "string"}
other_folder = ""  # @param {type: "string"}
picture_file = ""  # @param {type: "string"}
seed = 0  # @param {type: "integer"}

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import keras

from artnb import bar, collection, picture_grid, sampling, show, show_source
from artnb.notebook import stylegan

# %%
keras.utils.set_random_seed(seed)
config = stylegan.paintings_config(preset, minutes, seed)
smoke = config.preset == "smoke"
out = artnb.unused_folder(artnb.outputs_folder() / "stylegan").absolute()
out.mkdir(parents=True)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Digits first
#
# Whether a painting is good is a matter of taste; whether a 7 is one, is not. So digits come first:
# MNIST where it can be fetched, else the 1,797 of 8 × 8 pixels that scikit-learn brings along.
# Each digit has a folder, and each folder becomes a **class**: the networks are told which it is.

# %%
source, count = ("scikit-learn", 100) if smoke else ("auto", 5000)
artnb.write_digits(out / "digits", source, count, progress=bar)
digits_config = stylegan.digits_config(config.preset, minutes, seed)
digits = artnb.open_dataset(out / "digits", digits_config.image_size_px, progress=bar, domains=1)
show(picture_grid(artnb.fixed_pictures(digits.y.train, 20, digits.size_px), columns=10))

# %% [markdown]
# Two networks train against each other. The **generator** turns a latent z into **w** (the mapping
# network), and w into a picture, in blocks of 4, 8, 16 … px. The **discriminator** is shown real
# and generated pictures and gives each a number, a logit, the higher the more real. In one step:

# %%
show_source(stylegan.StyleGAN2.losses)

# %% [markdown]
# Every few steps **regularisers** come on top: R1 keeps the discriminator's gradients at real
# pictures small, and where it is on, the path length makes equal steps in w change pictures
# equally. Watch the grid, the same seeds again and again: a row for each digit, a column for each
# z. What stays alike down a column, slant or thickness, the network keeps apart from which digit it
# is.

# %%
written = artnb.train(digits, digits_config, out / "digits-run", watch=artnb.LivePicture().show)

# %%
first, last = stylegan.first_and_last_grid(written)
show(first)
show(last)

# %% [markdown]
# ## 2 · Paintings of one kind
#
# A few hundred pictures teach one kind of thing. Portraits, pages and meadows together teach
# neither, so pictures are sorted first: notebook [07](07_collections.ipynb) does it step by step,
# here it is done for an invented collection.

# %%
extractor = stylegan.network_or_thumbnails(fetch=not smoke, progress=bar)
if paintings_folder:
    paintings_path, others_path = Path(paintings_folder), Path(other_folder or paintings_folder)
else:
    found, clusters = stylegan.invented_paintings(
        out / "collection", config.preset, extractor, seed, bar
    )
    print(collection.write_folders(found, out / "clusters", "cluster", progress=bar))
    paintings_path, others_path = out / "clusters" / "1", Path(other_folder or out / "clusters/2")
    show(stylegan.draw_clusters(clusters))

# %% [markdown]
# The largest cluster is taken. Kinds with pictures enough could be classes, like the digits.

# %%
size_px = config.image_size_px
paintings = artnb.open_dataset(paintings_path, size_px, progress=bar, domains=1)
print(paintings.describe())
show(picture_grid(artnb.fixed_pictures(paintings.y.train, 16, size_px), columns=8))

# %% [markdown]
# Half of the paintings are mirrored at random, as digits must not be. Where a network is here to
# look, each epoch is scored as it ends.

# %%
scoring = stylegan.scoring_by(extractor, seed)
watch = artnb.LivePicture()
run = artnb.train(paintings, config, out / "paintings-run", watch=watch.show, scoring=scoring)

# %% [markdown]
# ## 3 · Reading the curves
#
# With few pictures the discriminator soon knows them by heart, and then the generator learns
# nothing more from it. ADA shows it all pictures, real and generated, changed at random: shifted,
# turned, recoloured, each with probability **p**. How large p must be is found out on the way:

# %%
show_source(stylegan.AdaptiveAugmentation.observe)

# %%
show(run.losses_picture)

# %% [markdown]
# - **Mean sign of D(real)**: 1 where every real picture is taken for real, 0 where D guesses. With
#   the relativistic loss, the sign of D(real) − D(generated). Above the dashed target ADA raises p,
#   below it p falls.
# - **p** climbing at a steady pace: the pictures are few, and ADA has work to do. Around 0 all is
#   well, or little has been trained. Beyond 0.8 the changes begin to show in what is generated.
# - **Losses** say little. Look at the grid.
# - A **collapse** is many seeds with one picture, or a distance that rises again and again. artnb
#   says so after the epoch, with what to do; the best epoch is kept.
#
# ## 4 · Scores
#
# The kernel distance (notebook [03](03_evaluate.ipynb)) is the one for few pictures, for it has no
# bias. 300 samples against all paintings, epoch by epoch; lower is better.

# %%
epoch = run.best_epoch() or "latest"
if scoring:
    show(run.scores_picture)
print(f"From here on it is epoch {epoch} that paints.")

# %% [markdown]
# ## 5 · Truncation
#
# Every seed is a picture, the same one each time. Far from the average w pictures are often bad.
# **Truncation** pulls w towards the average: 1 leaves it, 0 is the average picture itself.

# %%
truncations = (0, 0.3, 0.5, 0.7, 1)
choice = sampling.SampleChoice(16, truncations=truncations, mixing=True, interpolation=not smoke)
samples = artnb.sample(run, out / "samples", choice, epoch, bar)
show(samples.drawn["sheet"])
show(samples.drawn["truncations"])

# %% [markdown]
# ## 6 · Mixtures
#
# Each block takes its own w. Coarse blocks from the picture on the left, fine ones from that above:
# layout comes from one, colours and strokes from the other, once training has parted them.

# %%
show(samples.drawn["mixing"])

# %% [markdown]
# ## 7 · Ways between pictures
#
# Straight lines in w, row by row from one seed to the next. A network that only knew its paintings
# by heart would jump. The animation of all seeds lies in the folder of the samples.

# %%
generator = run.sampler(epoch).load()
way = sampling.interpolate(generator, [0, 1, 2, 3], truncation=0.7, frames=8)
show(picture_grid(list(way), columns=8))

# %% [markdown]
# ## 8 · Learnt by heart?
#
# The samples that lie nearest to real paintings, each beside the nearest one. Copies would show.

# %%
view = stylegan.nearest_samples(run, extractor, 16 if smoke else 100, paintings, bar)
print(view.sentence)
show(view.picture)

# %% [markdown]
# ## 9 · The latent of a painting
#
# The other way round: which w paints this picture? Adam looks for it, beginning with the average.
# What the network has not learnt is missing in what is found.

# %%
target = Path(picture_file or stylegan.first_picture(paintings_path))
projected = out / "projected"
found = artnb.project_picture(
    run, target, projected, 3 if smoke else 300, epoch=epoch, progress=bar
)
show(projected / f"{target.stem}-beside.png")

# %% [markdown]
# ## 10 · Beginning from another Run
#
# With few pictures hardly anybody begins from nothing. A network that has learnt other pictures,
# even quite different ones, has much to give: edges, light, how things hang together. Below one
# learns another cluster from where the first ended, in two fifths of the time. On the command line
# it is `--from RUN`.

# %%
others = artnb.open_dataset(others_path, size_px, progress=bar, domains=1)
second = stylegan.shorter(config, 0.4, begin_from=str(run.path))
second_run = artnb.train(others, second, out / "second-run", watch=artnb.LivePicture().show)

# %%
first, last = stylegan.first_and_last_grid(second_run)
show(first)
show(last)

# %% [markdown]
# ## 11 · What it costs, and what few pictures give
#
# Trainings are counted in **kimg**, thousands of pictures that the discriminator has seen. The
# paper's take up to 25,000. On this machine:

# %%
for_digits, for_paintings = map(stylegan.kimg_per_hour, (written, run))
print(f"Digits of {digits_config.image_size_px} px:    {for_digits:,.0f} kimg an hour")
print(f"Paintings of {size_px} px: {for_paintings:,.0f} kimg an hour")

# %% [markdown]
# The authors of ADA call a few thousand pictures enough for good results. Some 300 give less:
# palettes, the usual layouts, variants and mixtures of what is there. They give no motif that is
# not among them, no fine detail, and the longer it trains, the more of it by heart. More pictures
# of one kind help most, then another Run to begin from, then patience.
#
# ## What came out, and where it lies

# %%
print(f"The Runs:      {', '.join(path.parent.name for path in sorted(out.glob('*/config.json')))}")
print(f"Samples:       {out / 'samples'}")
print(f"Projection:    {projected}")
print(f"Everything in  {out}")

# %% [markdown]
# **Limits.** Minutes show how it works, not how good it gets: at 64 px nobody sees a brush. Scores
# look with the eyes of a network of photographs. Invented paintings are simpler than real ones.
#
# **Next.** [docs/stylegan2.md](../docs/stylegan2.md) has presets, settings and what a collapse
# looks like, [docs/sampling.md](../docs/sampling.md) the commands `artnb sample` and
# `artnb project`. Notebook [05](05_style_study.ipynb) asks what a style consists of.
#
# **Sources.** Styles and truncation: Karras et al. 2019,
# [arXiv 1812.04948](https://arxiv.org/abs/1812.04948). StyleGAN2, path length, projection: Karras
# et al. 2020, [arXiv 1912.04958](https://arxiv.org/abs/1912.04958). ADA, beginning from another
# network: Karras et al. 2020, [arXiv 2006.06676](https://arxiv.org/abs/2006.06676). R1: Mescheder
# et al. 2018, [arXiv 1801.04406](https://arxiv.org/abs/1801.04406). Classes: Miyato and Koyama
# 2018, [arXiv 1802.05637](https://arxiv.org/abs/1802.05637). Digits: LeCun et al. 1998; Alpaydin
# and Kaynak 1998. The invented paintings come under the project's licence, Apache-2.0.
