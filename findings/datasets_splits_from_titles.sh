#!/usr/bin/env bash
# datasets 5.2.0: load_dataset("imagefolder") and pictures called by their titles
#
# One would guess: with data_dir naming a folder of folders, every picture in it is loaded, and its
# label is its folder's name. Splits come from folders called train, validation and test.
# What happens: one file whose name has train, test, dev, val, eval or validation as a word of its
# own is enough. Only files with such a word are loaded then, as the split of that name; all other
# pictures are left out, and so are the labels. Nothing is said. Claude Monet painted trains.
# Who is hurt: whoever names pictures by their titles (The Train in the Snow, Val d'Aosta, Test of
# Courage): a collection of thousands becomes a data set of one.
# Instead: say which files belong to what, with data_files={"train": "FOLDER/**"} and
# drop_labels=False, and compare the number of rows with the number of files.
#
# Seen:
#   without a train        {'train': 3} labels True
#   with a train           {'train': 1} labels False
#   with a valley          {'validation': 1} labels False
#   with files named       {'train': 4} labels True

source "$(dirname "$0")/common.sh"
install datasets==5.2.0 pillow==13.0.0 numpy==2.4.6
export HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 HF_HOME=$folder/cache
python - <<'PYTHON'
import pathlib
import sys

import datasets
from PIL import Image

datasets.disable_progress_bars()
TITLES = "monet/water-lilies", "monet/poppies", "renoir/the-swing"


def collection(name, *titles):
    for title in titles:
        file = pathlib.Path(name, title + ".png")
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(file)
    return name


def show(name, **options):
    splits = datasets.load_dataset("imagefolder", **options)
    rows = {split: len(part) for split, part in splits.items()}
    labels = all("label" in part.features for part in splits.values())
    print(f"{name:22} {rows} labels {labels}")
    return rows, labels


quiet = collection("quiet", *TITLES)
train = collection("train_title", *TITLES, "monet/train in the snow")
valley = collection("valley", *TITLES, "renoir/val d'aosta")
everything = show("without a train", data_dir=quiet)
with_train = show("with a train", data_dir=train)
with_valley = show("with a valley", data_dir=valley)
named = show("with files named", data_files={"train": f"{train}/**"}, drop_labels=False)
if everything != ({"train": 3}, True) or named != ({"train": 4}, True):
    sys.exit("Changed: plain folders, or files that are named, are loaded otherwise.")
if with_train != ({"train": 1}, False) or with_valley != ({"validation": 1}, False):
    sys.exit("Changed: a split's name in a title no longer drops the other pictures.")
PYTHON
