# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A web page that paints
#
# A Run paints on your machine. Here it becomes a web page that paints on the machine of whoever
# opens it: visitors choose a photo, and their own browser turns it into a painting. There is no
# server behind it that could be slow, cost money or see the photo.
#
# **What you get:** a folder that any web server can offer, shown below a cell; figures of what it
# holds and costs; the steps that put it on GitHub Pages or into a static Space.
#
# **What it needs:** the package, the package onnx, and what networks run with in a browser, 41 MB
# that are fetched once. Without Runs of yours two are trained on the embedded data.
#
# | machine | from top to bottom |
# |---|---|
# | two CPU cores | about 6 minutes (an estimate), 4 of them training; 6 when busy (measured) |
# | the same, preset `smoke` | 40 seconds (measured) |
# | one T4 | about 6 minutes (an estimate), with more steps in the same 4 |

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
# - `preset`, `minutes`: as in notebook 02; the minutes are for both Runs together.
# - `run_names`: Runs of yours, separated by commas, also such as notebook 09 trains.
# - `photos_folder`: photos that visitors can try it with. Whoever opens the page sees them.
# - `runtime_folder`: where the network is closed, the folder `dist` of the npm package
#   onnxruntime-web.

# %% cellView="form" tags=["parameters"]
# @title Parameters
preset = "auto"  # @param ["auto", "smoke", "preview", "night", "session", "paper"]
minutes = 4.0  # @param {type: "number"}
seed = 0  # @param {type: "integer"}
run_names = ""  # @param {type: "string"}
photos_folder = ""  # @param {type: "string"}
runtime_folder = ""  # @param {type: "string"}

# %%
import artnb

print(artnb.start_keras())

# %%
from pathlib import Path

import keras

from artnb import bar, show, show_source
from artnb.notebook import page_figures, web_page

# %%
keras.utils.set_random_seed(seed)
config = artnb.demo_config(preset, minutes / 2, seed)
config = config.replace(steps_per_epoch=min(config.steps_per_epoch or 60, 60))
out = artnb.unused_folder(artnb.outputs_folder() / "web-page").absolute()
print(artnb.this_machine())
print(f"Preset: {config.preset}. Everything goes to {out}")

# %% [markdown]
# ## 1 · Two Runs to show
#
# One painter is the embedded one, the other paints by moonlight. Both have minutes to learn.

# %%
runs = [artnb.open_run(name.strip()) for name in run_names.split(",") if name.strip()]
if not run_names:
    sizes = artnb.demo_sizes(config.preset)
    day = artnb.make_demo_data(
        out / "day-data", sizes.size_px, sizes.images, sizes.pairs, seed, bar
    )
    runs.append(artnb.train(day, config, out / "day", watch=artnb.LivePicture().show))

# %%
if not run_names:
    pictures = out / "day-data" / "pictures"
    moonlit = web_page.write_moonlit(pictures / "paintings", out / "moonlit")
    source = artnb.two_folders(pictures / "photos", moonlit, y_name="moonlight")
    night = artnb.prepare(source, out / "night-data", day.size_px, seed, progress=bar)
    several = [artnb.fixed_pictures(data.y.train, 5, day.size_px) for data in (day, night)]
    show(artnb.picture_grid([*several[0], *several[1]], columns=5))
    runs.append(artnb.train(night, config, out / "night", watch=artnb.LivePicture().show))

# %% [markdown]
# ## 2 · From a Run to a page in three cells
#
# **First**, is everything here? Networks are written as ONNX files, which needs the package onnx.
# What runs them is onnxruntime-web: WebAssembly, machine code that every browser knows.

# %%
if not util.find_spec("onnx"):
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "onnx"], check=False)
    invalidate_caches()
missing = web_page.what_is_missing(runtime_folder, bar)
print(missing or "Everything that a page needs is here.")

# %% [markdown]
# **Second**, the page. Called again, it replaces what it made there and nothing else.

# %%
page, examples = None, Path(photos_folder) if photos_folder else None
runtime = Path(runtime_folder) if runtime_folder else None
title = None if run_names else "By day and by moonlight"
if not missing:
    page = artnb.publish(
        runs, out / "page", title=title, examples=examples, runtime=runtime, progress=bar
    )
print(page or "There is no page, so the cells about it show nothing; all others do.")

# %% [markdown]
# **Third**, look. Choose one of the pictures beside the button: both styles are painted, and a
# divider lies between photo and painting. In a frame, a browser computes with one thread; at the
# address by itself with several. Where this notebook runs on a distant machine the frame is empty,
# but in Colab: then download the folder and type `artnb serve page`.

# %%
if page:
    artnb.show_page(page)

# %% [markdown]
# ## 3 · What a network's file holds
#
# A list of operations, which say what is computed, and **weights**, which say how. In training a
# weight has 32 bits. The page's have 16 (**float16**), as long as that changes no pixel of three
# trial pictures by more than one level of 255; otherwise `publish` says so and keeps 32.

# %%
if page:
    page_figures.draw_network_files(page.parent).savefig(out / "network-files.png")
    show(out / "network-files.png")

# %% [markdown]
# ## 4 · What a visit costs
#
# The visitor pays with bytes and with seconds of their own processor; you pay nothing. What was
# fetched once the browser keeps: a second visit fetches next to nothing, and works offline. Under
# each painting the page says how many seconds it took.

# %%
if page:
    page_figures.draw_costs(page.parent).savefig(out / "costs.png")
    show(out / "costs.png")

# %% [markdown]
# ## 5 · Nothing leaves the visitor's machine
#
# The page ties its own hands: it tells the browser which addresses it may ever ask, and the browser
# sees to it, whatever scripts attempt. `'self'` is the page's own address, `'none'` is nobody.

# %%
print(web_page.POLICY.replace("; ", "\n"))

# %% [markdown]
# Anyone can check it without trusting this text:
#
# 1. Open the browser's tools (F12), *Network*, and paint: all requests are GET, for the page's own
#    files.
# 2. In the same tools' *Console* type `fetch("https://example.org")`: it is refused.
# 3. Open the page, wait for the first painting, turn the network off, and paint another photo.
#
# ## 6 · One photo by all painters
#
# The page paints a photo in every style that is ticked, side by side. Here Keras paints them, with
# weights of 32 bits; the browser's look the same.

# %%
photos = web_page.example_photos(out, examples)
painters = [run for run in runs if not run.is_latent]
if painters:
    show(web_page.paint_by_all(painters, photos[-3:]))

# %% [markdown]
# Minutes of training on invented landscapes give a palette; on a real pagoda it is a tint.
#
# ## 7 · Strength
#
# The slider asks no network. It mixes photo and painting, so it answers at once:

# %%
if painters:
    show(web_page.draw_strengths(painters[0], photos[-1]))

# %% [markdown]
# ## 8 · Large photos, in tiles
#
# Twelve megapixels would take more memory than browsers give. So beyond one megapixel (on phones, a
# quarter) a photo is painted in tiles of 512 px. But many networks **normalise**: they ask how
# bright and how varied the picture is. A tile of sky answers otherwise than one of trees, and each
# is painted in a tone of its own:

# %%
if painters:
    large = web_page.large_photo(out / "large", config.preset, seed)
    tiled = web_page.paint_in_tiles(painters[0], large)
    show(web_page.draw_tiles(tiled))

# %% [markdown]
# On the right the tiles share one set of **statistics**. What still differs from painting in one
# piece lies at their edges, where a tile does not see its neighbour (white is no difference):

# %%
if painters:
    show(web_page.draw_differences(tiled))

# %% [markdown]
# The page's tiles overlap by 192 px as well, and are blended there, so that these lines go too. It
# takes statistics from up to 16 squares all over the photo, which is half a level off here. In
# Python this is where a norm asks for them:

# %%
show_source(web_page.SharedStatistics.moments)

# %% [markdown]
# ## 9 · Pictures out of nothing
#
# A Run of notebook [09](09_stylegan.ipynb) needs no photo. Its page asks for a **seed** and a
# truncation, and begins with these:

# %%
latents = [run for run in runs if run.is_latent]
if latents:
    show(web_page.draw_seeds(latents[0]))
else:
    print("None of these Runs makes pictures out of latents; name one in run_names.")

# %% [markdown]
# ## 10 · Onto GitHub Pages, by your own hand
#
# Nothing here uploads anything, so no notebook needs your token. First ask whether you may: a
# network carries the licence of the pictures it learnt from (`licence=` puts it on the page).
#
# 1. On github.com make a public repository, say `paints`, with a README; `git clone` it.
# 2. In it type `git switch --orphan gh-pages`: an empty branch of its own for the page.
# 3. Copy what is in the folder `page` into it, hidden files too: `cp -r PATH/page/. .`
# 4. `git add --all`, `git commit -m "A page that paints"`, `git push -u origin gh-pages`.
# 5. On github.com: *Settings → Pages → Build and deployment*, Source *Deploy from a branch*, branch
#    `gh-pages`, folder `/ (root)`, *Save*.
# 6. Some minutes later it is at `https://YOU.github.io/paints/`.
#
# In a repository that has other things, copy it into a folder `docs` of `main` instead and choose
# `main` and `/docs`. Uploading in the browser will not do: GitHub takes files up to 25 MiB there,
# and one of these is larger.
#
# ## 11 · Into a static Space
#
# 1. On huggingface.co: *New Space*, SDK *Static*, a blank template, *Create Space*.
# 2. *Files → Add file → Upload files*: drag in everything that is in the folder `page`. Keep the
#    Space's own `README.md`, in which `sdk: static` stands.
# 3. *Commit changes*, and open *App*.
#
# From a distant machine the page comes as one file:

# %%
if page:
    archive = web_page.zip_of(page.parent)
    print(f"{archive}, {archive.stat().st_size / 1e6:.0f} MB")

# %% [markdown]
# ## What came out, and where it lies

# %%
print(f"The page:      {page or 'none was made'}")
print(f"Its figures:   {out / '*.png'}")
print("Runs:          " + ", ".join(str(run.path) for run in runs))

# %% [markdown]
# **Limits.** A phone needs several times as long as a laptop. The frame above lives as long as this
# notebook does. Who can open the page can also keep its networks.
#
# **Next.** `artnb publish --run NAME --out FOLDER` and `artnb serve FOLDER` do this without a
# notebook. Notebook [00](00_quickstart.ipynb) imports painters that trained for days.
#
# **Sources.** [onnxruntime-web](https://onnxruntime.ai/docs/tutorials/web/), MIT. Norms over
# pictures: Ulyanov, Vedaldi and Lempitsky 2016, [arXiv 1607.08022](https://arxiv.org/abs/1607.08022).
# [GitHub Pages](https://docs.github.com/en/pages) and
# [static Spaces](https://huggingface.co/docs/hub/spaces-sdks-static), their own documentation. What
# a page may ask: [Content Security Policy](https://www.w3.org/TR/CSP3/). The embedded landscapes
# come under the project's licence, Apache-2.0; the sample photos are CC BY 2.0, by those named on
# the page.
