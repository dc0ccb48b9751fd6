"""Make inception_torch.npz and the two small .pth files: what torch-fidelity and PyTorch give.

README.md beside this file lists the keys and says how weights and pictures are drawn. Run from
the project root, with PyTorch, NumPy and torch-fidelity (its other dependencies are not needed):

    python -m tests.golden.make_torch_inception
"""

import importlib.util
import io
import sys
import types
from collections import OrderedDict

import numpy as np
import torch
from torch import Tensor, nn

from tests.golden.inception_draws import (
    FILE,
    draw_classifier,
    draw_convolution,
    draw_pictures,
    draw_resize_picture,
)

# A bare package spares the imports of torch-fidelity's __init__, which asks for torchvision.
_package = types.ModuleType("torch_fidelity")
_package.__path__ = importlib.util.find_spec("torch_fidelity").submodule_search_locations
sys.modules["torch_fidelity"] = _package

from torch_fidelity.feature_extractor_inceptionv3 import (  # noqa: E402
    BasicConv2d,
    FeatureExtractorInceptionV3,
)
from torch_fidelity.interpolate_compat_tensorflow import (  # noqa: E402
    interpolate_bilinear_2d_like_tensorflow1x as resize,
)

FEATURES = {"2048": "pool_3", "logits_unbiased": "logits_unbiased", "logits": "logits"}
PICTURE_SIZES_PX = (256, 64)
# Height, width and target: up by a little and by much, down, unchanged, and a single column.
RESIZES = ((7, 5, 13), (13, 17, 7), (8, 8, 8), (3, 1, 4), (31, 37, 11))


class Extractor(FeatureExtractorInceptionV3):
    """torch-fidelity's network with drawn weights instead of a file's."""

    def load_state_dict(self, state_dict: dict) -> None:
        for name, block in self.named_modules():
            if isinstance(block, BasicConv2d):
                fill(block, name)
        classifier = draw_classifier()
        copy(self.fc.weight, classifier["kernel"].T)
        copy(self.fc.bias, classifier["bias"])


def fill(block: BasicConv2d, name: str) -> None:
    height_width_in_out = [block.conv.weight.shape[axis] for axis in (2, 3, 1, 0)]
    drawn = draw_convolution(name, height_width_in_out)
    copy(block.conv.weight, drawn["kernel"].transpose(3, 2, 0, 1))
    copy(block.bn.weight, drawn["gamma"])
    copy(block.bn.bias, drawn["beta"])
    copy(block.bn.running_mean, drawn["moving_mean"])
    copy(block.bn.running_var, drawn["moving_variance"])


def copy(target: Tensor, values: np.ndarray) -> None:
    with torch.no_grad():
        target.copy_(torch.from_numpy(values))


def build_extractor(dtype: torch.dtype) -> nn.Module:
    """Build the network; its own option float64 computes in float32 (torch-fidelity 0.4.0)."""
    no_weights = io.BytesIO()
    torch.save({}, no_weights)
    no_weights.seek(0)
    extractor = Extractor("inception", list(FEATURES), no_weights).to(dtype)
    extractor.feature_extractor_internal_dtype = dtype
    return extractor


def network_golden(dtype: torch.dtype) -> dict[str, np.ndarray]:
    """Pass uint8 pictures through the whole extractor, resizing included."""
    extractor = build_extractor(dtype)
    golden = {}
    for size_px in PICTURE_SIZES_PX:
        pictures = torch.from_numpy(draw_pictures(size_px).transpose(0, 3, 1, 2))
        outputs = zip(FEATURES.values(), extractor(pictures), strict=True)
        golden |= {f"{name}_{size_px}": values.numpy() for name, values in outputs}
    return golden


def resize_golden() -> dict[str, np.ndarray]:
    """Resize float32 pictures of noise."""
    golden = {}
    for height, width, target in RESIZES:
        picture = draw_resize_picture(height, width)
        resized = resize(
            torch.from_numpy(picture.transpose(0, 3, 1, 2)), (target, target), None, False
        )
        golden[f"resized_{height}x{width}_to_{target}"] = resized.permute(0, 2, 3, 1).numpy()
    return golden


def small_state_dict() -> OrderedDict[str, Tensor]:
    """Give tensors of several types, some of which share a storage or are strided."""
    matrix = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
    return OrderedDict(
        matrix=matrix,
        transposed=matrix.T,
        every_other=matrix[1:, ::2],
        half=torch.linspace(-1, 1, 5, dtype=torch.float16),
        brain=torch.tensor([1.0, -2.5, 3e38], dtype=torch.bfloat16),
        counts=torch.tensor([-(2**40), 0, 2**40]),
        scalar=torch.tensor(2.5, dtype=torch.float64),
        empty=torch.zeros(0, 3),
        flags=torch.tensor([True, False]),
        # has no typed storage, so that PyTorch writes it in another way
        unsigned=torch.tensor([1, 65535], dtype=torch.uint16),
    )


def save_state_dicts() -> None:
    """Write the same tensors in both formats, and nested as in a checkpoint."""
    tensors = small_state_dict()
    folder = FILE.parent
    torch.save(tensors, folder / "state_dict_zip.pth")
    torch.save(tensors, folder / "state_dict_legacy.pth", _use_new_zipfile_serialization=False)
    layer = nn.BatchNorm2d(2)
    checkpoint = {
        "state_dict": layer.state_dict(),
        "epoch": 3,
        "scale": nn.Parameter(torch.ones(2)),
    }
    torch.save(checkpoint, folder / "checkpoint_zip.pth")


def main() -> None:
    """Write the files and print what float32 arithmetic does to the network's numbers."""
    save_state_dicts()
    golden, rounded = network_golden(torch.float64), network_golden(torch.float32)
    for name, values in golden.items():
        error = np.abs(rounded[name] - values).max() / np.abs(values).max()
        print(f"{name}: mean {values.mean():.3g}, spread {values.std():.3g}, float32 {error:.1e}")
    np.savez_compressed(FILE, **golden, **resize_golden())
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
