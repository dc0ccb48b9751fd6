# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Evaluate: scores one can trust
#
# Losses do not say whether paintings are good. Scores try to, and are easily got wrong: one
# published project like this measured its best FID against pictures of its own making. Here the
# instrument is tested first, on real pictures. Then a network is trained and scored.
#
# **What you get:** scores of every epoch with intervals, the best epoch, a style classifier's
# opinion, and an eye for numbers that mean nothing.
#
# **What it needs:** the package, and 3 MB of SqueezeNet's weights, which are fetched once.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about 6 minutes (an estimate), 3 of them training; 11 when busy (measured) |
# | the same, preset `smoke` | about a minute (measured) |
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
# - `preset`, `minutes`: as in notebook 02.
# - `held_out`: how many photos are invented for scoring only.
# - `extractor`: what looks at the pictures. `auto` takes Inception where its weights are here,
#   and else SqueezeNet.
# - `run_name`: a Run to be scored, by name or path. Without it one is trained here.
# - `dataset_folder`: what to train on instead of the embedded pictures, or where the data of the
#   named Run is now.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 3.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
held_out = 100  # @param {type: "integer"}
extractor = "auto"  # @param ["auto", "squeezenet", "inception"]
run_name = ""  # @param {type: "string"}
dataset_folder = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import keras
import numpy as np

from artnb import bar, evaluation, picture_grid, show, show_source, show_table
from artnb.notebook import sanity

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes, seed)
out = artnb.unused_folder(artnb.outputs_folder() / "evaluate").absolute()
out.mkdir(parents=True)
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Pictures, and what sees them
#
# Photos to learn from, paintings, and photos that are held out: no score should rest on a photo
# that the network was trained on.

# %%
run = artnb.open_run(run_name) if run_name else None
if run:
    dataset = evaluation.open_run_data(run, Path(dataset_folder) if dataset_folder else None, bar)
elif dataset_folder:
    dataset = artnb.open_dataset(dataset_folder, progress=bar)
else:
    sizes = artnb.demo_sizes(config.preset)
    pairs = min(held_out, sizes.images)
    dataset = artnb.make_demo_data(out / "dataset", sizes.size_px, sizes.images, pairs, seed, bar)
print(dataset.describe())

# %% [markdown]
# Pixel by pixel, no two paintings are alike. So pictures are compared by **features**: some
# hundreds of numbers, taken from the depth of a network that has learnt to tell a thousand kinds
# of things apart, the **extractor**. Pictures of like content and texture have like features. Its
# name belongs to every score: numbers of different extractors have nothing to do with each other.

# %%
evaluator = artnb.Evaluator(artnb.load_extractor(extractor, progress=bar), ["frechet"], seed)
x, y = dataset.x.name, dataset.y.name
real = {
    x: evaluation.pictures_of_splits(x, dataset.x.train).some(300),
    y: evaluation.pictures_of_splits(y, dataset.y.train, dataset.y.test),
}
features = {name: sanity.features_of(pictures, evaluator) for name, pictures in real.items()}
print({name: f"{a.shape[0]} pictures, {a.shape[1]} features" for name, a in features.items()})
show(picture_grid([one.picture for p in real.values() for one in p.read(range(6))], columns=6))

# %% [markdown]
# ## 2 · The scale
#
# The **Fréchet distance** fits a bell curve to the features of either set, a mean and a covariance,
# and says how far the two curves are apart. With Inception as extractor it is the famous FID; with
# any other network it must not be called so.
#
# Is 1,000 much? Ask real pictures: half of the paintings against the other half is as good as it
# gets; photos against paintings is what a generator that does nothing would get.

# %%
distance = evaluation.titled("FID", "Fréchet distance", evaluator.extractor)
scale = sanity.distances_of_halves(features, seed=seed)
sanity.draw_scale(scale, "Real pictures against real pictures", distance).savefig(out / "scale.png")
show(out / "scale.png")

# %% [markdown]
# The line at a bar's end is its **interval**: how much it would move with other pictures of the
# same kind.
#
# ## 3 · Few pictures
#
# Two halves of one set should have the distance 0, and they do not. The Fréchet distance is
# **biased**: with few pictures it comes out too large. So only scores from equally many pictures
# may be compared, and below 2,048 on a side each carries a warning.
#
# The **kernel distance** (KID, with Inception) has no such bias. It averages over small subsets and
# hits 0, at the price of wide intervals.

# %%
compared = {f"{y} against {y}": (features[y], None), f"{x} against {y}": (features[x], features[y])}
counts = np.geomspace(10, min(len(features[x]), len(features[y]) // 2), 5).astype(int)
kernel = evaluation.titled("KID", "kernel distance", evaluator.extractor)
panels = {
    title: {name: sanity.distance_by_count(*p, counts, metric) for name, p in compared.items()}
    for title, metric in ((distance, evaluation.fid), (kernel, evaluation.kid))
}
sanity.draw_by_count(panels).savefig(out / "few-pictures.png")
show(out / "few-pictures.png")

# %% [markdown]
# ## 4 · Spoilt pictures
#
# A distance that deserves the name grows when pictures get worse. So paintings are blurred, and
# then sprinkled with noise, more and more, and measured against themselves as they were.

# %%
blurs, noises = (0, 0.5, 1, 2, 4), (0, 5, 10, 20, 40)
painting = real[y].read([0])[0].picture
blurred = [sanity.blur(painting, sigma) for sigma in blurs]
show(picture_grid([*blurred, *(sanity.add_noise(painting, sigma) for sigma in noises)], columns=5))

some = real[y].some(100)
spoilt = {
    "blur: σ in pixels": sanity.distances_when_changed(some, sanity.blur, blurs, evaluator),
    "noise: σ in grey levels of 255": sanity.distances_when_changed(
        some, sanity.add_noise, noises, evaluator
    ),
}
level = float(scale[f"{x} against {y}"])
sanity.draw_changes(spoilt, level, f"{x} against {y}").savefig(out / "spoilt.png")
show(out / "spoilt.png")

# %% [markdown]
# Both curves climb, as they should. Look at the heights, too: grain that hides no motif weighs as
# much as the step from photo to painting, since networks look at texture above all. A score
# replaces no look at the pictures.
#
# ## 5 · Training, with a score after every epoch
#
# `Scoring` scores the held-out photos' translations while training goes on. What is trained stays
# the same.

# %%
if run is None:
    scoring = evaluation.Scoring(every_epochs=1, evaluator=evaluator)
    run = artnb.train(dataset, config, out / "run", watch=artnb.LivePicture().show, scoring=scoring)

# %% [markdown]
# Now all metrics for the kept epochs, as `artnb evaluate --run RUN` gives them.

# %%
metrics = evaluation.default_metrics([run], "all")
with_all_metrics = artnb.Evaluator(evaluator.extractor, metrics, seed, evaluator.cache)
scores = artnb.evaluate(run, with_all_metrics, dataset=dataset)
show(run.scores_picture)

# %% [markdown]
# - **Precision**: the share of translations that lie where real paintings lie. **Recall**: the
#   share of real paintings near which there are translations. Painting one good picture again and
#   again gives precision without recall.
# - **SSIM** compares each translation with its photo: 1 is untouched. A change of style costs some
#   of it, a lost motif much.
# - **Discriminator accuracy** asks the Run's own discriminator. At 0.5 it is fooled, or has no
#   opinion: see whether it calls everything real, or nothing.
#
# Others are refused where they would mean nothing. The Inception Score and the name FID need
# Inception. The perceptual path length needs a model that paints from random numbers:

# %%
with sanity.refused():
    evaluation.perceptual_path_length(run.painter().load(), evaluator.extractor)

# %% [markdown]
# ## 6 · The best epoch
#
# The rule has a name: the lowest distance on the same pictures. Where intervals overlap, the choice
# is a guess, and that is said. `--epoch best` takes this epoch wherever one can be chosen.

# %%
best = scores.best.epoch
print(scores.best.describe())
photos = evaluation.RunSets(run, evaluation.Choice(), dataset=dataset).held_out().photos
shown = evaluation.PaintedPictures(run.painter(best), photos).read(range(6))
show(picture_grid([*(one.source for one in shown), *(one.picture for one in shown)], columns=6))

# %% [markdown]
# ## 7 · Learnt by heart?
#
# A generator could reproduce paintings that it has seen and score splendidly. So the nearest real
# painting of each translation is looked up. Kaggle's **MiFID** divides FID by the mean distance to
# it where that is below 0.1. The most suspicious translations; with a memory they would equal their
# neighbours:

# %%
show_source(evaluation.memorisation_distance)
nearest = evaluation.view_nearest(run, evaluator, best, dataset=dataset, most=3)
print(nearest.sentence)
show(nearest.picture)

# %% [markdown]
# ## 8 · Which painter does it look like?
#
# A classifier learns from real features to tell photos from paintings. First: can it? Each picture
# is judged by a classifier that has not seen it.

# %%
one, other = sanity.halves(features[y], seed)
classifier = evaluation.train_style_classifier({x: features[x], y: one}, seed=seed)
print(f"Balanced accuracy {classifier.accuracy}; guessing would give {classifier.baseline:.2f}")
evaluation.draw_confusion(classifier.classes, classifier.confusion).savefig(out / "confusion.png")
show(out / "confusion.png")

# %% [markdown]
# Then it may judge what it has never seen: held-out photos, their translations, and the other half
# of the paintings.

# %%
judged = {f"held-out {x}": sanity.features_of(photos, evaluator)}
judged |= {
    f"epoch {painter.epoch}": sanity.features_of(
        evaluation.PaintedPictures(painter, photos), evaluator
    )
    for painter in run.painters(artnb.chosen_epochs(run.snapshot_epochs()))
}
judged[f"other {y}"] = other
shares = {name: classifier.shares(a) for name, a in judged.items()}
evaluation.draw_shares(shares).savefig(out / "shares.png")
show(out / "shares.png")

# %% [markdown]
# ## 9 · Training photos against held-out ones
#
# A network that has learnt its photos by heart paints them better than others. The **gap** between
# both shows it. As many photos of either kind are compared; where 0 lies within the interval,
# nothing speaks for overfitting.

# %%
rows = artnb.evaluate(run, with_all_metrics, "best", gap=True, dataset=dataset).rows
sides = {"training": "gap train", "held-out": "gap test"}
by_side = {name: [row for row in rows if row.split == side] for name, side in sides.items()}
print(evaluation.comparison_table(by_side))
gap = next(row for row in rows if row.split == "gap")
print(f"\n{gap.metric}, held-out minus training: {gap.score}")

# %% [markdown]
# ## 10 · Numbers that mean nothing
#
# Now on purpose what went wrong elsewhere, on folders of pictures, with translations of the best
# epoch and of another one.

# %%
paintings = sanity.write_folder(real[y], out / "paintings")
some_photos = sanity.write_folder(real[x], out / "photos")
other_photos = sanity.write_folder(photos, out / "held-out-photos")
translations, older = out / "translations", out / "translations-of-another-epoch"
another = max(set(run.snapshot_epochs()) - {best}, default=best)
artnb.translate(run, other_photos, translations, best)
report = artnb.translate(run, other_photos, older, another)
print(f"{len(report.written)} photos painted as in epoch {best}, and as in epoch {another}")

# %% [markdown]
# The worst mistakes are refused: generated pictures as reference, which carry a mark in their
# files, and pictures measured against themselves.

# %%
with sanity.refused():
    artnb.evaluate_folders(real=older, fake=translations, evaluator=evaluator)
with sanity.refused():
    artnb.evaluate_folders(real=paintings, fake=paintings, evaluator=evaluator)

# %% [markdown]
# Others no rule can know: that a folder of photos is no folder of paintings, or that everything was
# made tiny before. Four numbers for one network, the last of them computed past the rules:

# %%
mine = artnb.evaluate_folders(paintings, translations, evaluator)[0]
tiny = artnb.evaluate_folders(paintings, translations, evaluator, resize_px=32)[0]
idle = artnb.evaluate_folders(some_photos, other_photos, evaluator)[0]
fakes = [
    sanity.features_of(evaluation.pictures_of_folder(path), evaluator)
    for path in (older, translations)
]
four = {
    f"translations against {y}": mine.score,
    "the same, all shrunk to 32 px": tiny.score,
    "untouched photos against photos": idle.score,
    f"translations against those of epoch {another}": evaluation.fid(*fakes),
}
sanity.draw_scale(four, "Which is the best score?", distance).savefig(out / "four-numbers.png")
show(out / "four-numbers.png")

# %% [markdown]
# Only the first says something about paintings, and it looks worst. It is not quite that of section
# 6, either: the translations are JPEGs here, and even that counts. Which is which stands in each
# score's row in `scores.csv`: that is **provenance**.

# %%
rows = evaluation.write_scores(out / "scores.csv", [mine, tiny, idle])
columns = ("value", "reference", "reference_count", "reference_sha256", "generated", "resize")
folders = [
    {k: v.removeprefix(f"{out}/") for k, v in row.items()}
    for row in evaluation.as_dictionaries(rows)
]
show_table(folders, columns, longest=30)

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"Scores of the Run:       {run.scores_file}")
print(f"Their curves:            {run.scores_picture}")
print(f"The Run:                 {run.path}")
print(f"Scores of the folders:   {out / 'scores.csv'}")
print(f"Figures and folders:     {out}")

# %% [markdown]
# **Limits.** A few hundred pictures order epochs roughly and networks hardly. SqueezeNet's numbers
# compare with nobody's; to publish, take Inception, 2,048 pictures or more, and give the row. The
# classifier knows two styles, and whatever it is shown is one of them. No score sees whether a
# painting is good.
#
# **Next.** The same with a Run of your own: `run_name` above, or `artnb evaluate --help`.
# Notebook 04 hangs what epochs and Runs paint side by side.
#
# **Sources.** Heusel et al. 2017, [arXiv 1706.08500](https://arxiv.org/abs/1706.08500) (FID);
# Bińkowski et al. 2018, [arXiv 1801.01401](https://arxiv.org/abs/1801.01401) (KID);
# Kynkäänniemi et al. 2019, [arXiv 1904.06991](https://arxiv.org/abs/1904.06991) (precision and
# recall); Bai et al. 2021, [arXiv 2106.03062](https://arxiv.org/abs/2106.03062) (MiFID);
# Barratt and Sharma 2018, [arXiv 1801.01973](https://arxiv.org/abs/1801.01973) (what the Inception
# Score does not say). SqueezeNet: Iandola et al. 2016,
# [arXiv 1602.07360](https://arxiv.org/abs/1602.07360). The embedded landscapes come under the
# project's licence, Apache-2.0.
