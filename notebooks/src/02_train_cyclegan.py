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
# Notebook 00 trained one in passing. Here the same network is taken apart: what its two
# directions, its cycle and its identity are, what a training step does, what to see in the curves
# while it trains, and how a training survives its session.
#
# **What you get:** a trained CycleGAN as a **Run**, a folder that explains itself. Should the
# session end early, run everything again: training goes on where it was left off.
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
# - `preset`: `auto` is `preview` here, a small network for a few minutes; `smoke` checks in seconds
#   that everything runs; `session` is made for hours on a GPU, `paper` for days.
# - `minutes`: how long to train. For `session` give it 150 or more.
# - `dataset_folder`: what to train on instead of the embedded pictures: a Dataset from notebook
#   01, the competition's folder, or a folder with `trainA` and `trainB`.
# - `run_name`: the Run's. The same name goes on with it, another one starts anew.
# - `mirror_folder`: a second copy of everything goes there, such as
#   `/content/drive/MyDrive/artnb` on Colab; a new machine takes the Run from it.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 4.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
dataset_folder = ""  # @param {type: "string"}
run_name = "my-cyclegan"  # @param {type: "string"}
mirror_folder = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
import time

import keras
import numpy as np

from artnb import bar, notebook, picture_grid, show, show_source, show_table
from artnb.data import to_float, to_uint8
from artnb.methods.cyclegan import CycleGAN, ReplayPool, SampleGrid

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes, seed)
out = (artnb.outputs_folder() / "train-cyclegan").absolute()
mirror = artnb.mounted(mirror_folder)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · The pictures
#
# Two domains: X, here photos, and Y, here paintings. No training picture of one belongs to a
# training picture of the other.

# %%
sizes = artnb.demo_sizes(config.preset)
data = dataset_folder or out / f"dataset-{sizes.size_px}px-seed{seed}"
if dataset_folder or data.exists():
    dataset = artnb.open_dataset(data, progress=bar)
else:
    dataset = artnb.make_demo_data(data, sizes.size_px, sizes.images, sizes.pairs, seed, bar)
print(dataset.describe(), *dataset.remarks, sep="\n")

# %%
grid = SampleGrid(dataset, config.replace(sample_count=2))
size_px = grid.size_px
some_x = artnb.fixed_pictures(dataset.x.train, 4, size_px)
some_y = artnb.fixed_pictures(dataset.y.train, 4, size_px)
show(picture_grid([*some_x, *some_y], columns=4))

# %% [markdown]
# ## 2 · Two directions
#
# **G** turns X into Y, **F** turns Y into X. Both are networks of one build, and at first they know
# nothing: their weights are random numbers. What they make of a picture then:

# %%
model = CycleGAN(config.replace(precision="float32"), dataset.size_px)
generator_g, generator_f = model.shown_generators
x, y = dataset.x.name, dataset.y.name
there = [some_x[0], artnb.paint(generator_g, some_x[:2])[0]]
back = [some_y[0], artnb.paint(generator_f, some_y[:2])[0]]
show(artnb.titled_grid([there + back], [x, f"G: → {y}", y, f"F: → {x}"], sections=(2,)))

# %% [markdown]
# What should a generator strive for? There is no painting for each photo to come near to. So two
# more networks are trained: the **discriminators**.
# `discriminator_y` is shown real paintings and those of G and learns to tell them apart, and G
# learns to be taken for real. `discriminator_x` does the same for photos.
#
# A discriminator gives a map of verdicts, and each of them sees only a patch. That is why a
# CycleGAN learns colour and strokes rather than composition. Patches of that size, from both
# domains:

# %%
verdicts = model.discriminator_y(to_float(some_y[:1]))
patch_px = config.patch_px
print(f"{verdicts.shape[1]}×{verdicts.shape[2]} verdicts, each on {patch_px}×{patch_px} pixels")
patches = [picture[:patch_px, :patch_px] for picture in (*some_x, *some_y)]
show(picture_grid(patches, columns=8))

# %% [markdown]
# ## 3 · Cycle and identity
#
# G might fool it with the same convincing picture for every photo. The **cycle** forbids that: F
# has to turn G's painting back into the photo it came from. The other way round likewise.
#
# The **identity** asks for restraint: a painting sent through G should come out unchanged. It keeps
# G from shifting colours without need.
#
# A grid shows all of that for both directions: the original, its translation, the way back, and
# the identity. Untrained:

# %%
show(grid(model, "untrained"))

# %% [markdown]
# In a trained network the third and fourth picture equal the first, and the second looks as if it
# came from the other domain.
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
photo = artnb.fixed_pictures(dataset.x.train, 1, dataset.size_px)[0]
crops = model.augment_x(np.stack([photo] * 8))
show(picture_grid(to_uint8(keras.ops.convert_to_numpy(crops)), columns=8))

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
# The fakes pass through a **replay pool** on their way: half of what discriminators see comes from
# earlier, so that they do not forget the tricks of yesterday.

# %%
show_source(ReplayPool.exchange)

# %% [markdown]
# Ten pictures, shown one by one to a pool that stores four. Above what goes in, below what comes
# out.

# %%
pool = ReplayPool(4, size_px, seed + 2, "shown")
given = to_float(artnb.fixed_pictures(dataset.y.train, 10, size_px))
returned = [keras.ops.convert_to_numpy(pool(picture[None]))[0] for picture in given]
show(picture_grid([*to_uint8(given), *to_uint8(np.stack(returned))], columns=10))

# %% [markdown]
# ## 5 · Training
#
# A few steps are timed, the epochs are fitted to your minutes, and the expected end is printed.
# Then the grid below is replaced every few hundred steps and after each epoch.
#
# Sessions end, Colab's when it likes. So all that is needed to go on is saved every few minutes:
# weights, both optimizers, pool, averages, the state of all dice. To show it, the first session
# here has a **deadline** after half of the time.

# %%
started, half = time.time(), 0.5 * (config.minutes or 0.02)
first = artnb.Deadline(minutes=half, reserve_minutes=0, started=started)
options = {"resume": "auto", "mirror": mirror, "keep_alive_minutes": 5}
run = artnb.train(
    dataset, config, out / run_name, watch=artnb.LivePicture().show, deadline=first, **options
)
print("How the first session ended:", run.facts()["status"])
show_table(notebook.checkpoint_rows(run))

# %% [markdown]
# Each of these is a whole checkpoint with the hashes of its files; a damaged one is noticed, and
# the one before is taken. The stop button or a killed kernel leave the same. The **second
# session** is the same call: `resume="auto"` goes on with a Run that is there, here or in the
# mirror. On one machine the outcome equals that without the interruption.

# %%
session = artnb.Deadline.for_platform(reserve_minutes=10)
run = artnb.train(
    dataset, config, out / run_name, watch=artnb.LivePicture().show, deadline=session, **options
)

# %% [markdown]
# The grid of section 3 again, with the same pictures, through the trained generators:

# %%
trained = run.painter().load(), run.painter().back.load()
show(grid.of(*trained, "trained"))

# %% [markdown]
# And held-out photos as the network painted them early, halfway and at the end. Later need not be
# better. Of the embedded pictures alone the true painting is known.

# %%
sheet = artnb.draw_contact_sheet(run, dataset)
sheet.save(out / "contact_sheet.png")
show(sheet)

# %% [markdown]
# ## 6 · What an epoch is, and how long it takes
#
# In the paper an epoch shows every photo once; the small presets count a fixed number of steps as
# one. After each epoch the learning rate is set anew, the log gets a row, and the generators are
# kept as a snapshot.

# %%
log = notebook.read_rows(run.log_file)
columns = ("epoch", "step", "seconds", "images_per_s", "learning_rate")
show_table(log[:: max(1, len(log) // 10)], columns)

facts = run.facts()
step_s, steps = facts["step_s"], facts["steps_per_epoch"]
once = len(dataset.x.train) / config.batch_size
print(f"A step took {step_s * 1000:.0f} ms, so an epoch of {steps} steps {step_s * steps:.1f} s.")
print(f"To show all photos once takes {once:.0f} steps, {once * step_s:.1f} s.")

# %% [markdown]
# The size of the network decides. A step of the paper's, at 256 pixels in float32, took 5 to 11
# seconds on two CPU cores of two machines; its 200 epochs of the competition's 7,038 photos would
# take 80 to 180 days there.
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
# - A **discriminator near 0 for long**, with the generator's loss climbing, has won: augmentation
#   (`diffaugment`) or the penalty `r1_gamma` help.
# - **All curves break off or jump** to huge values: lower the learning rate.
#
# ## 8 · The Run
#
# Everything is in one folder. Whatever is shown above can be made again from it, on another
# machine too.

# %%
show_table(notebook.list_run_files(run), longest=120)

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The Run:                 {run.path}")
print(f"The trained generators:  {run.snapshots}")
print(f"Grids while training:    {run.samples}")
print(f"The contact sheet:       {out / 'contact_sheet.png'}")
print(f"The data:                {dataset.path}")

# %% [markdown]
# **Limits.** Minutes give colours and haze, not strokes. With domains of different content, such as
# portraits and landscapes, a CycleGAN paints things that are not there. Losses hardly compare two
# trainings.
#
# **Next.** Real pictures (notebook 01), a GPU, `preset = "session"` and more minutes.
# `artnb translate --help` paints folders of photos with this Run. Notebook [03](03_evaluate.ipynb)
# scores it.
#
# **Sources.** Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using
# Cycle-Consistent Adversarial Networks*, ICCV 2017,
# [arXiv 1703.10593](https://arxiv.org/abs/1703.10593). Patches: Isola et al. 2017,
# [arXiv 1611.07004](https://arxiv.org/abs/1611.07004). The replay pool: Shrivastava et al. 2017,
# [arXiv 1612.07828](https://arxiv.org/abs/1612.07828). The embedded landscapes come under the
# project's licence, Apache-2.0.
