"""Pictures on both sides are found, smaller and mirrored too; within a side they are not."""

from PIL import Image, ImageOps

from artnb.collection.both_sides import describe_both, find_on_both
from tests.collection.paintings import collection_of, painting


def test_pictures_on_both_sides_are_found_and_said(tmp_path):
    x = {"a.png": painting(0), "b.png": painting(1), "c.png": painting(1), "d.png": painting(2)}
    y = {"e.png": ImageOps.mirror(painting(0).resize((100, 80))), "f.png": painting(3)}
    y |= {"g.jpg": painting(2), "h.jpg": b"no picture", "i.png": Image.new("RGB", (90, 90))}
    x["blank.png"] = Image.new("RGB", (90, 90))
    sides = [collection_of(tmp_path / name, side) for name, side in (("x", x), ("y", y))]
    both = find_on_both(*((side, side.table) for side in sides))
    assert both == [("a", "e"), ("d", "g")]
    assert describe_both(both).startswith("2 pictures are on both sides, such as a = e; write keep")
    assert describe_both([]) == ""
