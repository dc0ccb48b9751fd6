"""Make style_torch.npz: the losses of Gatys et al. 2015 and their gradient, by PyTorch.

README.md beside this file lists the keys. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_style
"""

import numpy as np
import torch
from torch.nn import functional

from tests.golden.style_draws import (
    BLOCKS,
    CONTENT,
    FILE,
    POOLINGS,
    STYLE,
    draw_pictures,
    draw_vgg19,
)

MEANS = (103.939, 116.779, 123.68)


def features(picture, weights, pooling):
    """Give `{"relu1_1": …}` of a picture `(1, 3, height, width)`, RGB in [-1, 1]."""
    means = torch.tensor(MEANS, dtype=picture.dtype).view(1, 3, 1, 1)
    x = (picture.flip(1) + 1) * 127.5 - means
    pool = {"average": functional.avg_pool2d, "max": functional.max_pool2d}[pooling]
    found = {}
    for block, (convolutions, _) in enumerate(BLOCKS, start=1):
        if block > 1:
            x = pool(x, 2)
        for number in range(1, convolutions + 1):
            kernel, bias = weights[f"relu{block}_{number}"]
            x = found[f"relu{block}_{number}"] = functional.relu(
                functional.conv2d(x, kernel, bias, padding=1)
            )
    return found


def gram(x):
    """Give the Gram matrix over the number of pixels."""
    flat = x.flatten(2)[0]
    return flat @ flat.T / flat.shape[1]


def main():
    """Compute in float64 and write."""
    weights = {
        name: (torch.from_numpy(k).double().permute(3, 2, 0, 1), torch.from_numpy(b).double())
        for name, (k, b) in draw_vgg19().items()
    }
    pictures = {
        name: torch.from_numpy(drawn).double().permute(0, 3, 1, 2)
        for name, drawn in draw_pictures().items()
    }
    arrays = {}
    for pooling in POOLINGS:
        picture = pictures["picture"].clone().requires_grad_()
        found = features(picture, weights, pooling)
        with torch.no_grad():
            photo = features(pictures["photo"], weights, pooling)
            painting = features(pictures["painting"], weights, pooling)
        content = functional.mse_loss(found[CONTENT], photo[CONTENT])
        style = [functional.mse_loss(gram(found[tap]), gram(painting[tap])) for tap in STYLE]
        weighted = [1e3 / found[t].shape[1] ** 2 * one for t, one in zip(STYLE, style, strict=True)]
        for name, loss in (("content", content), ("style", sum(weighted))):
            (gradient,) = torch.autograd.grad(loss, picture, retain_graph=True)
            gradient = gradient.permute(0, 2, 3, 1).numpy().astype(np.float32)
            arrays[f"{pooling}/{name}_gradient"] = gradient
        arrays[f"{pooling}/content"] = content.item()
        arrays[f"{pooling}/style"] = np.array([one.item() for one in weighted])
    np.savez_compressed(FILE, **arrays)
    for name, array in arrays.items():
        print(name, np.shape(array), np.ravel(array)[:5])


if __name__ == "__main__":
    main()
