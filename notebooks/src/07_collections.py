# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Collections: any epoch of art
#
# The data decides. People who gave a CycleGAN portraits on one side and landscapes on the other
# got a network that shifts colours and does nothing more; others found that their training worked
# only after the paintings had been sorted. Here a table of paintings, with the mistakes that such
# tables have, becomes a **Dataset** from Baroque to Realism.
#
# **What you get:** a Dataset for notebook 02 with a card that says what is in it, and the table in
# which every choice stands.
#
# **What it needs:** the package, and 3 MB of SqueezeNet's weights, which are fetched once. Without
# a collection of your own, one is invented.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | a minute and a half on busy cores (measured) |
# | the same, preset `smoke` | 20 seconds (measured) |
# | one T4 | about as long (an estimate): a GPU helps only to find clusters |

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
# - `preset`: decides how many pictures are invented, and that `smoke` fetches nothing.
# - `collection_source`: a table or a folder of your own, as `artnb collection read` takes them;
#   `images_folder` is where its pictures lie, if that is not beside it.
# - `x_style`, `x_dates`: what becomes the other. `Baroque,Rococo` takes either style; dates may be
#   written `17th century` or `before 1700`, and nothing takes all.
# - `y_style`, `y_dates`: what it becomes.
# - `clusters`: how many; 0 takes what is suggested, and six where there is no network.
# - `without_clusters`: numbers of clusters to leave out, such as `4,5`. You only know them after
#   looking, so this is for a second run.
# - `size_px`: edge of the squares in the Dataset.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
collection_source = ""  # @param {type: "string"}
images_folder = ""  # @param {type: "string"}
x_style = "Baroque"  # @param {type: "string"}
x_dates = "1600-1720"  # @param {type: "string"}
y_style = "Realism"  # @param {type: "string"}
y_dates = "1840-1890"  # @param {type: "string"}
x_name = "baroque"  # @param {type: "string"}
y_name = "realism"  # @param {type: "string"}
clusters = 0  # @param {type: "integer"}
without_clusters = ""  # @param {type: "string"}
size_px = 128  # @param {type: "integer"}
seed = 0  # @param {type: "integer"}
licence = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
from dataclasses import asdict
from pathlib import Path

import keras

from artnb import bar, collection, notebook, show, show_source, show_table
from artnb.collection.clean import clean

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, seed=seed)
out = artnb.unused_folder(artnb.outputs_folder() / "collections").absolute()
out.mkdir(parents=True)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Reading a table
#
# Lists of WikiArt, Kaggle's *historic-art*, folders named after styles or artists, and any table
# with columns such as Author, Style, Title and Date are read alike. Here two epochs are invented:
# no picture is read from anywhere, and the artists never lived. Of your own data only the table
# and the pictures are read.

# %%
smoke = config.preset == "smoke"
table_file = Path(collection_source or out / "museum" / "paintings.csv")
if not collection_source:
    artnb.make_demo_collection(table_file.parent, 64 if smoke else 300, seed, bar)
images = Path(images_folder) if images_folder else None
reading = collection.read_collection([table_file], out / "paintings", images=images)
reading.save()
print(*reading.describe(), sep="\n")

# %% [markdown]
# What is broken is listed with its line, never dropped in silence. What can still be used, such
# as a picture whose date makes no sense, stays. Dates come in many forms; each is understood as
# the years that it may mean, and the text stays as it was.

# %%
show_table([asdict(problem) for problem in reading.problems] or [{"problems": "none"}])
paintings = reading.collection
dates = paintings.table.drop_duplicates("date")[["date", "first_year", "last_year"]]
show_table(dates.head(12).to_dict("records"))

# %% [markdown]
# ## 2 · Choosing both sides
#
# Conditions name columns and their values. Any column will do; of a date, the middle of its years
# counts. No picture may be on both sides.

# %%
x_choice = f"style={x_style}; date={x_dates}" if x_dates else f"style={x_style}"
y_choice = f"style={y_style}; date={y_dates}" if y_dates else f"style={y_style}"
x, y = collection.choose_pair(paintings, x_choice, y_choice)
print(x.describe(), y.describe(), sep="\n")
show(notebook.draw_rows(paintings, x.collection.table))
show(notebook.draw_rows(paintings, y.collection.table))

# %% [markdown]
# Did you see it? Above mostly faces, below mostly meadows. We shall come back to that.
#
# **Fetching.** Many tables have no pictures but addresses. `artnb collection fetch DIR` fetches
# them, a few at a time from each server, waits where a server asks for it, and goes on where it was
# interrupted. Then name `DIR/collection.csv` above. Invented pictures need no fetching.
#
# ## 3 · Cleaning
#
# Every picture is looked at once. What is found is written into the table: `crop` says what lies
# inside a border, `keep` and `reason` what is left out and why. Nothing is deleted.

# %%
cleaning = collection.Cleaning(smallest_px=min(192, size_px))
cleaned = clean(paintings, cleaning, bar)
print(cleaned.describe())

# %% [markdown]
# A frame on every Baroque painting, and the generator would learn to paint frames. Look at the
# cuts before trusting them; a wrong one is undone by writing `none` into `crop`.

# %%
with notebook.where_there_is_any():
    show(collection.draw_crops(cleaned.collection, most=9 if smoke else 18, seed=seed))

# %% [markdown]
# Museums photograph one painting more than once. Copies are found by a hash of what a picture looks
# like, in any size, tone or compression. The largest is kept.

# %%
with notebook.where_there_is_any():
    show(collection.draw_repeats(cleaned.collection, most=9 if smoke else 18, seed=seed))

# %% [markdown]
# About some things a program has no opinion. Blank and nearly grey pictures are kept, with a
# remark:

# %%
table = cleaned.collection.table.copy()
remarks = table[table["reason"].str.startswith("kept, but look at it")]
with notebook.where_there_is_any():
    show(notebook.draw_rows(paintings, remarks, caption="reason"))

# %% [markdown]
# You have the last word. Open `collection.csv` in any spreadsheet, or do it here: these pictures
# teach no palette, so they go; and one of the copies is wanted all the same, so it stays.

# %%
table.loc[remarks.index, ["keep", "reason"]] = ["no", "no colours to learn from"]
copies = table.index[table["reason"].str.startswith("repeats") & table["genre"].ne("")][:1]
table.loc[copies, ["keep", "reason"]] = ["yes", "wanted all the same"]
cleaned = clean(cleaned.collection.with_table(table), cleaning, bar)
decided = cleaned.collection.table.loc[[*remarks.index, *copies]]
show_table(decided.to_dict("records"), ("id", "title", "keep", "reason"))

# %% [markdown]
# Cleaning ran again over the edited table, and what was written by hand is still there.
#
# ## 4 · Clusters
#
# The column *genre* is often empty or wrong. So a network looks: SqueezeNet, trained on photographs
# of a thousand things, gives each picture 512 numbers, and k-means groups pictures whose numbers
# are alike. How many groups? The **silhouette** says how clearly they stand apart. Where the
# weights cannot be had, thumbnails take the network's place; the clusters are cruder then.

# %%
paintings = cleaned.collection
extractor = notebook.network_or_thumbnails(fetch=not smoke, progress=bar)
count = clusters or (collection.CLUSTERS if extractor.name == "thumbnails" else None)
clustered = collection.cluster_pictures(
    [collection.pictures_in_use(paintings)], extractor, count, seed=seed, progress=bar
)
collection.draw_counts(clustered.clusters).savefig(out / "counts.png")
show(out / "counts.png")
show(notebook.draw_clusters(clustered))

# %% [markdown]
# On the map near means alike. One point is one picture.

# %%
collection.draw_map(clustered, seed).savefig(out / "map.png")
show(out / "map.png")

# %% [markdown]
# Where the table knows genres, they can be compared. Those without one, "(none)", are worth a look:

# %%
paintings = clustered.sets[0].write(paintings)
rows = paintings.kept
collection.draw_shares(collection.share_by(rows, "genre")).savefig(out / "genres.png")
show(out / "genres.png")
agreement = collection.agreement(rows, "genre")
print(f"Genres and clusters agree by {agreement:.2f}; 0 is chance, 1 is all.")

# %% [markdown]
# Pages and busts: no paintings at all. They have clusters of their own, so they go together. You
# would look at the sheets and write their numbers above; of invented pictures the titles tell. A
# cluster seen whole, its middle and a few by lot:

# %%
typed = tuple(int(number) for number in without_clusters.replace(",", " ").split())
unwanted = typed if typed or collection_source else artnb.clusters_beside(paintings.kept)
print(f"Left out: clusters {list(unwanted)}")
show(collection.draw_cluster(clustered, (unwanted or (1,))[-1], seed))
cleaning = collection.Cleaning(smallest_px=cleaning.smallest_px, without_clusters=unwanted)
cleaned = clean(paintings, cleaning, bar)
paintings = cleaned.collection
paintings.save()
print(cleaned.describe())

# %% [markdown]
# ## 5 · Do both sides show the same things?
#
# Now both sides are clustered together, and half of what they differ by on average is taken away
# first: the epochs shall not be told apart, only what they show.

# %%
x, y = (choice.collection for choice in collection.choose_pair(paintings, x_choice, y_choice))
sides = [collection.pictures_in_use(x, x_name), collection.pictures_in_use(y, y_name)]
clustered = collection.cluster_pictures(
    sides, extractor, 3 if smoke else collection.CLUSTERS, seed=seed, progress=bar
)
paired = collection.pair(clustered, seed=seed)
print(paired.pairing.describe())
collection.draw_pairing(paired.pairing).savefig(out / "pairing.png")
show(out / "pairing.png")
show(notebook.draw_clusters(clustered))

# %% [markdown]
# The distance is that of Jensen and Shannon between the two rows of bars: 0 for equal shares, 1
# where no cluster has pictures of both. Chance is estimated by dealing the pictures anew a thousand
# times. Which clusters are worth taking:

# %%
show_source(collection.Pairing.of_both.fget)
collection.draw_map(clustered, seed, by_set=True).savefig(out / "sides.png")
show(out / "sides.png")

# %% [markdown]
# From here on only the clusters of both sides are used. A smaller set of like things beats a larger
# one of unlike things. Where no cluster is of both sides, all are taken in spite of the warning, so
# that you see the rest; `smoke` invents too few to do better.

# %%
ids = {*paired.x_ids, *paired.y_ids}
x, y = (
    side.with_table(side.table[side.table["id"].isin(ids or set(side.table["id"]))])
    for side in (x, y)
)
print(f"{len(x.kept)} pictures for {x_name}, {len(y.kept)} for {y_name}")
show(notebook.draw_rows(x, x.kept))
show(notebook.draw_rows(y, y.kept))

# %% [markdown]
# ## 6 · Preparing
#
# Crops are applied, squares cut and packed into shards. Copies and details of one painting stay on
# one side of the split between training and test.

# %%
names = (x_name, y_name)
dataset = collection.prepare_pair(x, y, out / "dataset", names, size_px, 0.1, seed, licence, bar)
print(dataset.describe())
show(out / "dataset" / "contact.jpg")

# %% [markdown]
# The card beside it says what a stranger wants to know, and you too, in a year:

# %%
print((out / "dataset" / "dataset.md").read_text(encoding="utf-8"))

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The Dataset:            {dataset.path}")
print(f"Its card:               {out / 'dataset' / 'dataset.md'}")
print(f"The table of choices:   {paintings.folder / 'collection.csv'}")
print(f"The originals:          {paintings.images}")
print(f"Figures:                {out}")

# %% [markdown]
# **Limits.** Clusters find what looks alike to a network of photographs; they know no iconography,
# and somebody has to look. A few hundred paintings a side train a palette, not a brush; take
# thousands where you can. Details are found by their titles alone. Invented pictures are simpler
# than any museum.
#
# **Next.** Put the path of the Dataset into `dataset_folder` of notebook 02, or
# `artnb train --data DATASET --preset preview`. On the command line the same way is
# `artnb collection demo`, `read`, `choose`, `fetch`, `clean`, `cluster`, `pair` and `prepare`.
#
# **Sources.** Perceptual hashes: Zauner 2010, as [imagehash](https://github.com/JohannesBuchner/imagehash)
# has them. SqueezeNet: Iandola et al. 2016, [arXiv 1602.07360](https://arxiv.org/abs/1602.07360).
# Silhouettes: Rousseeuw, J. Comput. Appl. Math. 20, 1987. The distance: Endres and Schindelin, IEEE
# Trans. Inf. Theory 49(7), 2003. The invented paintings come under the project's licence,
# Apache-2.0.
