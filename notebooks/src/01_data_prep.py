# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Data: from pictures to a Dataset
#
# A network learns what is in its pictures, mistakes included: a photo lying on its side, the
# same painting five times, a test picture that was also trained on. This notebook takes pictures
# as they lie on a disk, and the files of the Kaggle competition, and makes a **Dataset** of them:
# squares of one size, in shards, with a file that says what is in it.
#
# **What you get:** two Datasets that notebook 02 can train on, a report on every file, and an
# idea of what a TFRecord is.
#
# **What it needs:** the package. Pictures of your own are welcome; without them, the embedded
# ones take their place. No network is trained.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about a minute (an estimate); 12 seconds with the preset `smoke` (measured) |
# | one T4 | the same (an estimate): the GPU has nothing to do |

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
# - `preset`: here it only decides how many pictures are invented: a few for `smoke`, a few
#   hundred for all others.
# - `size_px`: the edge of the squares. 128 is plenty for `preview`; take 256 for `session` and
#   `paper`.
# - `photos_folder`, `paintings_folder`: folders of pictures of your own. They are only read.
# - `licence`: under which you may use them. It is written into the Dataset.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
size_px = 128  # @param {type: "integer"}
seed = 0  # @param {type: "integer"}
photos_folder = ""  # @param {type: "string"}
paintings_folder = ""  # @param {type: "string"}
licence = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
import shutil
from pathlib import Path

import keras

from artnb import bar, data, notebook, picture_grid, show, show_source, show_table
from artnb.drawing.grids import captioned_grid, grid_of_files

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, seed=seed)
out = artnb.unused_folder(artnb.outputs_folder() / "data-prep").absolute()
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Two folders
#
# The simplest beginning: one folder of photos, one of paintings, in any format, of any size, with
# or without subfolders. If you named none above, the package invents landscapes and paints some.

# %%
sizes = artnb.demo_sizes(config.preset)
embedded = artnb.make_demo_data(out / "embedded", size_px, sizes.images, sizes.pairs, seed, bar)
pictures = Path(embedded.path) / "pictures"
photos = Path(photos_folder or pictures / "photos")
paintings = Path(paintings_folder or pictures / "paintings")
print(f"{len(data.list_images(photos))} photos, {len(data.list_images(paintings))} paintings")
show(grid_of_files([*data.list_images(photos)[:5], *data.list_images(paintings)[:5]]))

# %% [markdown]
# `prepare` decodes each file, turns it upright, brings it to RGB, scales its shorter side to
# `size_px`, crops the middle square and stores that as JPEG. A file that already is such a JPEG
# keeps its bytes, so that preparing twice loses nothing.

# %%
source = artnb.two_folders(photos, paintings)
from_folders = artnb.prepare(source, out / "from-folders", size_px, seed, licence, bar)
print(from_folders.describe())

# %% [markdown]
# ## 2 · Odd files
#
# Collections hold surprises. Here is one file of each usual kind, made for this purpose and shown
# as a program sees it that looks at nothing but the stored colours: sideways, white where a scan
# has 16 bits, black where it should be transparent. Two files are broken.

# %%
landscapes = data.list_images(artnb.make_demo_photos(out / "landscapes", 256, count=7, seed=seed))
odd_files = notebook.make_odd_files(out / "odd-files", landscapes)
show(grid_of_files(odd_files, treated=False))

# %% [markdown]
# And the same files as a Dataset takes them: turned as EXIF says, 16 bits scaled to 8, white
# behind what is transparent, three channels everywhere.

# %%
show(grid_of_files(odd_files))

# %% [markdown]
# Nothing is dropped in silence. Beside the shards lies `report.csv` with a row per file: where it
# went, what it repeats, and for a broken one why it was skipped. The input stays untouched. Below
# the table are the training pictures as they are stored, cut to squares.

# %%
odd_source = artnb.two_folders(odd_files[0].parent, paintings).with_test_share(0.25)
odd = artnb.prepare(odd_source, out / "from-odd-files", size_px, seed)
report = [
    row for row in notebook.read_rows(Path(odd.path) / "report.csv") if row["domain"] == "photo"
]
show_table(report, ("name", "outcome", "duplicate_of", "problem"))
show(picture_grid(artnb.fixed_pictures(odd.x.train, 6, size_px), columns=6))

# %% [markdown]
# ## 3 · Duplicates
#
# Two files are the same picture when their pixels are the same, whatever they are called and
# however they are packed. So what is compared is a hash of the decoded pixels, and the PNG copy
# of the first JPEG is recognised. Duplicates are reported and kept, for a repeat may be on
# purpose; delete them in the folder if it is not.
#
# It takes one changed pixel to make another hash. The file that was saved again with stronger
# compression looks the same to us, and is a new picture to the hash.

# %%
hashed = [row | {"hash of the pixels": row["pixel_sha256"][:16]} for row in report]
show_table(hashed, ("name", "hash of the pixels", "duplicate_of"))

# %% [markdown]
# ## 4 · Train and test
#
# The **train** pictures are what the network learns from. The **test** pictures are held out:
# sample grids and scores are made with them, since only on pictures that it has never seen does a
# network show what it learnt rather than what it remembers.
#
# Which ones are held out is not drawn by chance, nor taken from the file names. Every picture
# gets a key, and those with the smallest keys go to the test split, until as many are there as
# were asked for:

# %%
show_source(data.split_key)

# %%
keyed = [
    {"key": data.split_key(seed, row["pixel_sha256"])[:12], **row}
    for row in report
    if row["outcome"] != "unreadable"
]
show_table(sorted(keyed, key=lambda row: row["key"]), ("key", "name", "outcome"))

# %% [markdown]
# Two were asked for here, a quarter of eight. Equal pictures have one key and go together; where
# they would exceed the number, their key is passed over, as happens above with seed 0.
#
# Splitting in this way has three advantages. Renaming or moving files changes nothing. Adding
# pictures moves few of the old ones. And no training picture can be a test picture under another
# name. The seed is kept in `dataset.json`.
#
# The held-out photos of the two folders above, a tenth of them all:

# %%
show(picture_grid(artnb.fixed_pictures(from_folders.x.test, 10, size_px), columns=5))

# %% [markdown]
# ## 5 · The competition's files
#
# Kaggle's *I'm Something of a Painter Myself* offers 7,038 photos and 300 Monets, each both as
# JPEG files and as TFRecords. They are found where Kaggle attaches them, or below the folder that
# the variable `ARTNB_DATA` names. Elsewhere, and with the preset `smoke`, the invented pictures
# are laid out in the same way and play their part.

# %%
found = None if config.preset == "smoke" else notebook.find_competition()
competition = found or notebook.stand_in_for_competition(
    pictures / "photos", pictures / "paintings", out / "gan-getting-started"
)
source = artnb.find_source(competition)
print(f"{competition}:", *source.remarks, sep="\n")

# %%
dataset = artnb.prepare(source, out / "competition", size_px, seed, licence, bar)
print(dataset.describe())

# %% [markdown]
# Of the competition's photos 300 are held out and of its paintings none, for there are too few to
# spare. The photos, spread evenly over the whole set:

# %%
show(picture_grid(artnb.fixed_pictures(dataset.x.train, 18, size_px), columns=6))

# %% [markdown]
# And the paintings:

# %%
show(picture_grid(artnb.fixed_pictures(dataset.y.train, 18, size_px), columns=6))

# %% [markdown]
# Look at such walls before training. Frames, signatures, borders, black-and-white photos: whatever
# one domain has and the other has not, the discriminator will notice and the generator will copy.
#
# ## 6 · Inside a TFRecord
#
# A folder of thousands of small files is slow to copy and to read, above all on Drive. So the
# pictures are packed into **shards**, files of up to 1,024 records one after another. Each record
# stands in a frame that tells where it ends and whether it is whole. The first one:

# %%
shard = sorted(Path(dataset.path).glob("*.tfrec"))[0]
frame, payload = next(data.read_frames(shard))
show_table(notebook.frame_rows(frame))

# %% [markdown]
# The payload is a `tf.train.Example` with three features, named as in the competition's own
# files; the picture itself is a JPEG. TensorFlow can read it, and so can this package without
# TensorFlow.

# %%
record = data.decode_example(payload)
show_table(notebook.feature_rows(record))
show(captioned_grid([data.decode_image(record.image)], [record.image_name], columns=1, edge_px=256))

# %% [markdown]
# Beside the shards lies `dataset.json`: which domain is X and which is Y, sizes, splits, the
# sha256 of every shard, source and licence.

# %%
manifest = data.read_manifest(Path(dataset.path))
shown = ("x", "y", "size_px", "source", "licence", "split", "problems")
show_table([{"entry": name, "value": manifest[name]} for name in shown], longest=120)

# %% [markdown]
# ## 7 · Check
#
# `check_data`, on the command line `artnb data check`, opens every picture of a Dataset and
# compares every shard with its sha256. Worth a minute after each download or copy.

# %%
findings = artnb.check_data(Path(dataset.path), bar)
print(*findings.facts, *findings.remarks, f"Usable: {findings.usable}", sep="\n")

# %% [markdown]
# And this is what it says when a copy broke off: here the last hundred bytes of a shard are
# missing.

# %%
damaged = Path(shutil.copytree(odd.path, out / "damaged"))
torn = sorted(damaged.glob("*.tfrec"))[-1]
torn.write_bytes(torn.read_bytes()[:-100])
findings = artnb.check_data(damaged)
print(*findings.problems, f"Usable: {findings.usable}", sep="\n")

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The Dataset from two folders:         {from_folders.path}")
print(f"The Dataset in the competition's way: {dataset.path}")
print(f"The reports on every file:            {out}/*/report.csv")
print(f"The odd files:                        {odd_files[0].parent}")
print(f"The damaged copy, to be deleted:      {damaged}")

# %% [markdown]
# **Limits.** Only exact repeats are found; the same painting in two scans is not. The middle
# square is cut out of every picture, so what matters at the edge of a panorama is lost: crop such
# pictures yourself first. And nobody here judges whether a picture belongs into its domain:
# notebook 07 finds near-duplicates, borders, and what does not belong.
#
# **Next.** Notebook 02 trains a CycleGAN; put the path of one of these Datasets into its
# `dataset_folder`. Here the command line does the same: `artnb data prepare --help`. Notebook 07
# makes a Dataset of a table of paintings of any epoch.
#
# **Sources.** The competition:
# [gan-getting-started](https://www.kaggle.com/competitions/gan-getting-started). The framing of
# TFRecords: TensorFlow's
# [tutorial](https://www.tensorflow.org/tutorials/load_data/tfrecord). The embedded landscapes
# come under the project's licence, Apache-2.0.
