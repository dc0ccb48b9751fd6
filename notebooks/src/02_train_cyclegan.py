# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Train a CycleGAN
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/OWNER/artnb/blob/main/notebooks/02_train_cyclegan.ipynb)
# [![Open in Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)](https://kaggle.com/kernels/welcome?src=https://github.com/OWNER/artnb/blob/main/notebooks/02_train_cyclegan.ipynb)
#
# Notebook 00 trained one in passing. Here the same network is taken apart: what its two
# directions, its cycle and its identity are, what a training step does, what to see in the curves
# while it trains, and what the folder holds that training leaves behind.
#
# **What you get:** a trained CycleGAN as a **Run**, a folder that explains itself, and the means
# to tell a training that goes well from one that does not.
#
# **What it needs:** the package. Without a Dataset of yours the embedded pictures are used.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about 5 minutes (an estimate), 4 of them training |
# | the same, preset `smoke` | 20 seconds (measured) |
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
# - `preset`: `auto` is `preview` here, a small network that a few minutes suffice for; `smoke`
#   only checks in seconds that everything runs; `session` is made for a few hours on a GPU;
#   `paper` is the original, which takes days on a T4.
# - `minutes`: how long to train. For `session` give it 150 or more.
# - `dataset_folder`: what to train on instead of the embedded pictures: a Dataset from notebook
#   01, the competition's folder, or a folder with `trainA` and `trainB`.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "session", "paper"]
minutes = 4.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
dataset_folder = ""  # @param {type: "string"}

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what TensorFlow says at start is no news

from artnb.platform.backend import choose_backend, import_quietly

print(choose_backend())
import_quietly("keras")

# %%
import keras
import numpy as np

from artnb.data.dataset import open_dataset
from artnb.data.demo import demo_sizes, make_demo_data
from artnb.data.images import to_float, to_uint8
from artnb.demo import demo_config, draw_contact_sheet
from artnb.platform.machine import this_machine
from artnb.platform.where import outputs_folder, unused_folder
from artnb.show.gallery import wall
from artnb.show.grids import titled_grid
from artnb.show.notebook import LivePicture, show, show_source
from artnb.show.progress import bar
from artnb.show.run_files import list_run_files
from artnb.show.tables import read_rows, show_table
from artnb.training.cyclegan import CycleGAN
from artnb.training.pool import ReplayPool
from artnb.training.samples import Sampler, fixed_pictures, paint
from artnb.training.snapshots import load_painter
from artnb.training.train import sample_size, train

# %%
keras.utils.set_random_seed(seed)
config = demo_config(preset, minutes, seed)
out = unused_folder(outputs_folder() / "train-cyclegan").absolute()
print(this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · The pictures
#
# Two domains: X, here photos, and Y, here paintings. No training picture of one belongs to a
# training picture of the other.

# %%
if dataset_folder:
    dataset = open_dataset(dataset_folder, progress=bar)
else:
    sizes = demo_sizes(config.preset)
    dataset = make_demo_data(out / "dataset", sizes.size_px, sizes.images, sizes.pairs, seed, bar)
print(dataset.describe(), *dataset.remarks, sep="\n")

# %%
size_px = sample_size(dataset, config)
some_x = fixed_pictures(dataset.x.train, 4, size_px)
some_y = fixed_pictures(dataset.y.train, 4, size_px)
show(wall([*some_x, *some_y], columns=4))

# %% [markdown]
# ## 2 · Two directions
#
# **G** turns X into Y, **F** turns Y into X. Both are networks of one build, and at first they know
# nothing: their weights are random numbers. What they make of a picture then:

# %%
model = CycleGAN(config.replace(precision="float32"), dataset.size_px)
generator_g, generator_f = model.painters
x, y = dataset.x.name, dataset.y.name
there = [some_x[0], paint(generator_g, some_x[:2])[0]]
back = [some_y[0], paint(generator_f, some_y[:2])[0]]
show(titled_grid([there + back], [x, f"G: → {y}", y, f"F: → {x}"], sections=(2,)))

# %% [markdown]
# What should a generator strive for? If there were a painting for each photo, one could ask it to
# come near that. There is none. So two more networks are trained: the **discriminators**.
# `discriminator_y` is shown real paintings and those of G and learns to tell them apart, and G
# learns to be taken for real. `discriminator_x` does the same for photos.
#
# A discriminator does not judge a picture as a whole. It gives a map of verdicts, and each of them
# sees only a patch. That is why a CycleGAN learns colour and strokes rather than composition.
# Patches of that size, from both domains:

# %%
verdicts = model.discriminator_y(to_float(some_y[:1]))
patch_px = {1: 16, 2: 34, 3: 70}[config.discriminator_downsamplings]
print(f"{verdicts.shape[1]}×{verdicts.shape[2]} verdicts, each on {patch_px}×{patch_px} pixels")
patches = [picture[:patch_px, :patch_px] for picture in (*some_x, *some_y)]
show(wall(patches, columns=8))

# %% [markdown]
# ## 3 · Cycle and identity
#
# Fooling a discriminator is not enough: G might paint the same convincing picture for every photo.
# The **cycle** forbids it. F has to turn G's painting back into the photo it came from, so the
# painting must still contain the photo. The other way round likewise.
#
# The **identity** asks for restraint: a painting sent through G, which makes paintings, should come
# out unchanged. It keeps G from shifting colours without need.
#
# A grid shows all of that for both directions: the original, its translation, the way back, and
# the identity. Untrained:

# %%
sampler = Sampler(dataset, 2, size_px)
show(sampler.grid(model.painters, "untrained"))

# %% [markdown]
# In a trained network the third and the fourth picture equal the first, and the second looks as if
# it came from the other domain. Section 5 has the same grid again.
#
# ## 4 · One step
#
# Training repeats one step. It takes a batch of each domain, changes the generators a little, then
# the discriminators. This is the package's own code:

# %%
show_source(CycleGAN.step)

# %% [markdown]
# First **augmentation**: scale, crop at random, mirror half of the pictures. The network never
# sees quite the same picture twice. One photo, eight times:

# %%
photo = fixed_pictures(dataset.x.train, 1, dataset.size_px)[0]
crops = model.augment_x(np.stack([photo] * 8))
show(wall(to_uint8(keras.ops.convert_to_numpy(crops)), columns=8))

# %% [markdown]
# Then the **generators' losses**, six numbers to be made small. `both` shows two batches to a
# network in one call, which is faster and gives the same.

# %%
show_source(CycleGAN.generator_losses)

# %% [markdown]
# Last the **discriminators' losses**: small when real pictures are called real and fakes fake.

# %%
show_source(CycleGAN.discriminator_losses)

# %% [markdown]
# The fakes pass through a **replay pool** on their way. Discriminators that see only the newest
# fakes forget the tricks of yesterday, and both sides chase each other in circles. With a pool,
# half of what they see comes from earlier.

# %%
show_source(ReplayPool.exchange)

# %% [markdown]
# Ten pictures, shown one by one to a pool that stores four. Above what goes in, below what comes
# out: while it fills, the same; then now and then an older one.

# %%
pool = ReplayPool(4, size_px, seed + 2, "shown")
given = to_float(fixed_pictures(dataset.y.train, 10, size_px))
returned = [keras.ops.convert_to_numpy(pool(picture[None]))[0] for picture in given]
show(wall([*to_uint8(given), *to_uint8(np.stack(returned))], columns=10))

# %% [markdown]
# ## 5 · Training
#
# A few steps are timed, the epochs are fitted to your minutes, and the expected end is printed.
# Then the grid below is replaced every few hundred steps and after each epoch.

# %%
run = train(dataset, config, out / "run", watch=LivePicture().show)

# %% [markdown]
# The grid of section 3 again, with the same pictures, through the trained generators:

# %%
trained = load_painter(run, "generator_g"), load_painter(run, "generator_f")
show(sampler.grid(trained, "trained"))

# %% [markdown]
# And held-out photos as the network painted them early, halfway and at the end. Later need not be
# better: choose with your eyes. Of the embedded pictures, and only of those, the true painting is
# known; it was held out too.

# %%
sheet = draw_contact_sheet(run, dataset)
sheet.save(out / "contact_sheet.png")
show(sheet)

# %% [markdown]
# ## 6 · What an epoch is, and how long it takes
#
# In the paper an epoch shows every photo once. The small presets count a fixed number of steps as
# one, so that news comes often. After each epoch the learning rate is set anew, the log gets a
# row, and the generators are kept as a snapshot. The log's seconds include the grids.

# %%
log = read_rows(run.log_file)
columns = ("epoch", "step", "seconds", "images_per_s", "learning_rate")
show_table(log[:: max(1, len(log) // 10)], columns)

# %%
facts = run.facts()
step_s, steps = facts["step_s"], facts["steps_per_epoch"]
once = len(dataset.x.train) / config.batch_size
print(f"A step took {step_s * 1000:.0f} ms, so an epoch of {steps} steps {step_s * steps:.1f} s.")
print(f"To show all photos once takes {once:.0f} steps, {once * step_s:.1f} s.")

# %% [markdown]
# The size of the network decides. A step of the paper's, at 256 pixels in float32, took about 8
# seconds on two CPU cores; its 200 epochs of the competition's 7,038 photos would take 130 days
# there.
#
# ## 7 · How to read the curves

# %%
show(run.losses_picture)

# %% [markdown]
# - **Cycle and identity** fall, fast at first. If they stay high, the way back is not found.
# - **Generator** and **discriminator** losses wander, for each side's success is the other's loss.
#   Level curves are not standstill: both may improve.
# - A **discriminator near the dotted line** cannot tell real from fake. Early on that is
#   ignorance, later it may be a good sign; look at the grids.
# - A **discriminator near 0 for long**, with the generator's loss climbing, has won. The
#   generator learns little from then on: fewer steps, augmentation (`diffaugment`) or the penalty
#   `r1_gamma` help.
# - **All curves break off or jump** to huge values: lower the learning rate.
#
# No curve says which epoch paints best.
#
# ## 8 · The Run
#
# Everything is in one folder. Whatever is shown above can be made again from it, on another
# machine too.

# %%
show_table(list_run_files(run), longest=120)

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The Run:                 {run.path}")
print(f"The trained generators:  {run.snapshots}")
print(f"Grids while training:    {run.samples}")
print(f"The contact sheet:       {out / 'contact_sheet.png'}")
print(f"The data:                {dataset.path}")

# %% [markdown]
# **Limits.** Minutes give colours and haze, not strokes. A CycleGAN moves no shapes, and with two
# domains of different content, such as portraits and landscapes, it will paint things that are
# not there. Losses compare one training with itself, hardly two with each other.
#
# **Next.** For better paintings: real pictures (notebook 01), a GPU, `preset = "session"` and
# more minutes. `artnb translate --help` paints folders of photos with this Run, and
# `artnb train --help` lists every setting. Notebooks that compare and score are still to come.
#
# **Sources.** Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using
# Cycle-Consistent Adversarial Networks*, ICCV 2017,
# [arXiv 1703.10593](https://arxiv.org/abs/1703.10593). Patches: Isola et al. 2017,
# [arXiv 1611.07004](https://arxiv.org/abs/1611.07004). The replay pool: Shrivastava et al. 2017,
# [arXiv 1612.07828](https://arxiv.org/abs/1612.07828). The embedded landscapes come under the
# project's licence, Apache-2.0.
