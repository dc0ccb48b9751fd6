# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Monets for Kaggle
#
# Kaggle's competition *I'm Something of a Painter Myself* gives 300 paintings by Monet and 7,038
# photos, and asks for 7,000 to 10,000 pictures in Monet's manner. This notebook takes part: it
# trains, paints all photos, puts them into a zip, checks that zip before Kaggle does, and is done
# before the session's time is up.
#
# **What you get:** `images.zip`, ready to be handed in, and the Run it was painted with.
#
# **What it needs:** the package, and the competition's files. On Kaggle attach the competition to
# the notebook; elsewhere a Kaggle account's token fetches them. Its rules must have been accepted
# on its page, in either case.
#
# | machine | from top to bottom |
# |---|---|
# | one T4, on Kaggle or Colab | 5 hours: all that `session_minutes` leaves (an estimate) |
# | one T4, `submit_only` | 10 minutes (an estimate) |
# | two CPU cores, preset `smoke` | about 2 minutes on busy cores, 20 invented photos (measured) |

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
# - `form`: `train_and_submit` does everything within `session_minutes`. `submit_only` loads a Run
#   that is trained already, and takes minutes.
# - `preset`: `auto` is `session` on a GPU or TPU; `smoke` shows in a minute that everything runs,
#   with a zip that Kaggle would turn down.
# - `session_minutes`: from the start of this session to the finished zip. Kaggle turned down a
#   notebook of 307 minutes and accepted 300.
# - `sessions`: over how many of them the training is spread. See section 7.
# - `run_folder`: for `submit_only`, a Run, or a folder with Runs somewhere in it. Without it what
#   is attached is searched, then this machine's own.
# - `extractor`: for a score of one's own. `auto` takes Inception where its weights are here.
# - `kaggle_input`: where Kaggle attaches files.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
form = "train_and_submit"  # @param ["train_and_submit", "submit_only"]
session_minutes = 300  # @param {type: "number"}
sessions = 1  # @param {type: "integer"}
epoch = "latest"  # @param {type: "string"}
run_name = "kaggle-monet"  # @param {type: "string"}
run_folder = ""  # @param {type: "string"}
extractor = "auto"  # @param ["auto", "inception", "squeezenet"]
kaggle_input = "/kaggle/input"  # @param {type: "string"}
seed = 0  # @param {type: "integer"}

# %%
import artnb

print(artnb.start_keras())

# %%
import json
from pathlib import Path

import keras

from artnb import bar, notebook, picture_grid, show, show_source, show_table, submission
from artnb.notebook import competition as session

# %%
keras.utils.set_random_seed(seed)
config = artnb.preset_config(artnb.resolve_preset(preset), seed=seed)
smoke = config.preset == "smoke"
rules = session.SMOKE_RULES if smoke else submission.COMPETITION
out = (artnb.outputs_folder() / "kaggle-submission").absolute()
attached = Path(kaggle_input)
images_zip = session.zip_place(out)
print(artnb.this_machine())
print(f"Preset: {config.preset}. The Run goes to {out}, the zip is {images_zip}")

# %% [markdown]
# ## 1 · What is given, and what is asked
#
# Photos are X, paintings are Y, and no photo has a painting of its own. The competition gives both
# as JPEGs and as TFRecords; either is read as it lies there.

# %%
data = session.competition_data(config.preset, out, attached, bar)
dataset = artnb.open_dataset(data, progress=bar)
print(dataset.describe(), *dataset.remarks, sep="\n")

# %%
some_photos = artnb.fixed_pictures(dataset.x.train, 10, rules.size_px)
paintings = artnb.fixed_pictures(dataset.y.train, 10, rules.size_px)
show(picture_grid([*some_photos, *paintings], columns=10, edge_px=110))

# %% [markdown]
# The rules as figures. In the preset `smoke` few pictures are enough, so that the rest of this
# notebook has something to show.

# %%
count = session.SMOKE_PHOTOS if smoke else None
photos = submission.find_photos(data, progress=bar)
pictures = len(photos.some(count).names)
print(f"A submission holds {rules.span} JPEGs of {rules.size_px}×{rules.size_px} px.")
print(f"Here {pictures:,} of {len(photos.names):,} photos are painted.")

# %% [markdown]
# ## 2 · How long will painting take?
#
# Training could go on for ever, but what comes after it cannot wait. So the end is measured first:
# an untrained generator of the same build paints a few batches, which takes as long as with a
# trained one, and these are encoded, zipped and checked. From that follows how long to **reserve**.

# %%
reserve = notebook.measure_reserve(config, pictures, rules)
print(reserve.describe())

# %% [markdown]
# The paper's network has 11 million weights and takes half a second a picture on two CPU cores, an
# hour for all of them. A GPU does it in minutes.
#
# ## 3 · The Run
#
# With `train_and_submit` the network is trained until the deadline; what that means is the subject
# of notebook 02. The epochs are fitted to the time there is, so that the learning rate has fallen
# to nothing just in time. Everything needed to go on is saved every few minutes. With `submit_only`
# the Run is only looked for.

# %%
if form == "train_and_submit":
    watch, deadline = artnb.LivePicture().show, reserve.deadline(session_minutes)
    options = {"sessions": sessions, "attached": attached, "watch": watch}
    run = session.train_in_session(dataset, config, out / run_name, deadline, **options)
else:
    looked_in = run_folder or (attached if session.runs_below(attached) else out)
    run = session.trained_run(Path(looked_in))
print(f"{run.path.name}: {run.facts()['status']}, epochs kept: {run.snapshot_epochs()}")

# %%
show(run.losses_picture)

# %% [markdown]
# Held-out photos, as the network painted them early, halfway and at the end. If an earlier epoch
# looks better, give its number as `epoch` above. After `artnb evaluate` it can be `best`.

# %%
sheet = artnb.draw_contact_sheet(run, dataset, rows=4)
show(sheet)

# %% [markdown]
# ## 4 · Painting
#
# All photos are painted, the held-out ones and those of the training alike: the competition asks
# for no more than good pictures. Batches are shared over all GPUs or TPU cores; meanwhile the next
# photos are read and the last paintings encoded:

# %%
show_source(submission.painted_jpegs)

# %% [markdown]
# Each painting becomes a JPEG of quality 95 with colours at full resolution. The leaderboard
# compares features of a network that has never seen an artist, only pixels: blocks and washed-out
# colours of a strong compression would count as part of the style. The middle of a painting,
# enlarged:

# %%
photo = artnb.fixed_pictures(dataset.x.shown(), 1, rules.size_px)
painting = artnb.paint(run.painter(epoch).load(), photo)[0]
show(notebook.draw_compression(painting))

# %% [markdown]
# What is painted is kept beside the zip in little pieces. Should the session end here, run the
# notebook again: it goes on from there. The zip itself appears when it is whole.

# %%
end = artnb.Deadline(session_minutes, reserve_minutes=1)
options = {"count": count, "rules": rules, "deadline": end, "replace": True, "progress": bar}
made = artnb.build_submission(run, data, images_zip, epoch, **options)
print(made.describe())

# %%
chosen = photos.some(count)
show(notebook.draw_submission(images_zip, chosen))

# %% [markdown]
# Beside it lies a file that says how it was made: by which Run and epoch, from which photos.

# %%
facts = json.loads(submission.facts_file(images_zip).read_text())
show_table([{"what": name, "is": value} for name, value in facts.items()], longest=100)

# %% [markdown]
# ## 5 · The check
#
# A zip that Kaggle turns down costs an attempt, and hours. So every entry is read and decoded:
# count, size, colours, file format, names, folders, damage, repeats.

# %%
checked = artnb.check_submission(images_zip, rules, bar)
print(checked.describe())

# %% [markdown]
# And what it says of a zip with the usual mistakes in it, by the competition's own rules:

# %%
wrong = session.make_wrong_submission(out / "wrong.zip", images_zip, data)
print(artnb.check_submission(wrong).describe())

# %% [markdown]
# ## 6 · A score beforehand
#
# The leaderboard's score is **MiFID**: FID, made worse where pictures resemble the training
# paintings too closely. Kaggle's reference features are not public, so a local number is a
# **proxy**: good for comparing one's own submissions, not for predicting a place. Without the
# weights of Inception there is none; another network's distance must not bear that name.
#
# What it compares, two sets of pictures: the competition's paintings above, ours below.

# %%
ours = submission.pictures_of_zip(images_zip).some(10)
painted = [seen.picture for seen in ours.read(range(len(ours.names)))]
show(picture_grid([*paintings[: len(painted)], *painted], columns=len(painted), edge_px=110))

# %%
print(*submission.local_mifid(images_zip, data, extractor, bar), sep="\n")

# %% [markdown]
# ## 7 · Handing it in
#
# On Kaggle: **Save Version**, then **Save & Run All**. When that has ended, open the version,
# choose its output `images.zip`, and **Submit to Competition**.
#
# **A better network needs more than one session.** Set `sessions` to their number. The first one
# stops in time, and its paintings are a submission too. Then add this notebook's own output as an
# input and run it again: the Run in it is found by its name and gone on with.
#
# From another machine, Kaggle's client pushes the notebook with all of that attached:
# `artnb kaggle push notebooks/06_kaggle_submission.ipynb --user NAME`, first with `--dry-run`. This
# is what it writes:

# %%
kernel = submission.Kernel("your-name", "Kaggle submission")
print(json.dumps(kernel.metadata("06_kaggle_submission.ipynb"), indent=1))

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The submission:    {images_zip}")
print(f"How it was made:   {submission.facts_file(images_zip)}")
print(f"The Run:           {run.path}")
show_table(notebook.list_run_files(run), longest=120)

# %% [markdown]
# **Limits.** The reserve is measured on this machine as it is now, and half as much is added;
# a machine that becomes far slower is late all the same. Only whole epochs are kept to paint with:
# what was trained after the last of them serves the next session. No place on the leaderboard is
# promised.
#
# **Next.** Notebook 03 scores epochs and finds the best; then this one again, with `submit_only`
# and `epoch = "best"`.
#
# **Sources.** Zhu, Park, Isola and Efros 2017,
# [arXiv 1703.10593](https://arxiv.org/abs/1703.10593) (CycleGAN); Bai et al. 2021,
# [arXiv 2106.03062](https://arxiv.org/abs/2106.03062) (MiFID); Parmar, Zhang and Zhu 2022,
# [arXiv 2104.11222](https://arxiv.org/abs/2104.11222) (what JPEG does to scores). The competition:
# [kaggle.com/competitions/gan-getting-started](https://www.kaggle.com/competitions/gan-getting-started).
# Invented landscapes come under the project's licence, Apache-2.0.
