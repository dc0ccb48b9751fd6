from PIL import Image

from artnb.synthetic.dataset import DemoSizes, demo_sizes, make_demo_data, make_demo_photos


def test_photos_in_landscape_format_that_no_dataset_holds(tmp_path):
    folder = make_demo_photos(tmp_path / "photos", size_px=60, count=2)
    photos = sorted(folder.iterdir())
    assert [Image.open(photo).size for photo in photos] == [(60, 40), (60, 40)]
    assert photos[0].read_bytes() != photos[1].read_bytes()


def test_making_them_again_gives_the_same(tmp_path):
    first = [p.read_bytes() for p in make_demo_photos(tmp_path / "a", 60, count=1).iterdir()]
    again = [p.read_bytes() for p in make_demo_photos(tmp_path / "a", 60, count=1).iterdir()]
    assert first == again


def test_the_smoke_preset_needs_little(tmp_path):
    sizes = demo_sizes("smoke")
    dataset = make_demo_data(tmp_path / "d", sizes.size_px, sizes.images, sizes.pairs)
    assert len(dataset.x.train) == sizes.images < DemoSizes().images
    assert demo_sizes("preview") == DemoSizes()
