"""Pixels that are decoded at the same time are counted, and what is not whole is refused."""

import pytest

from artnb.data import decoding
from artnb.data.decoding import UnreadableImageError, check_whole, decode_image
from artnb.parallel import Shared

from .pictures import encoded, picture


@pytest.mark.parametrize("decode", [decode_image, check_whole])
def test_who_decodes_takes_as_many_pixels_as_there_are(decode, monkeypatch):
    taken, shared = [], Shared(100)

    class Spy:
        def taken(self, wanted):
            taken.append(wanted)
            return shared.taken(wanted)

    monkeypatch.setattr(decoding, "_DECODED_AT_ONCE", Spy())
    decode(encoded(picture(1, 40, 30)))
    decode(encoded(picture(1, 8, 6), "JPEG"))
    assert taken == [1200, 48]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_is_cut_off_is_not_whole(form):
    data = encoded(picture(1, 200, 150), form)
    check_whole(data)
    with pytest.raises(UnreadableImageError):
        check_whole(data[: len(data) // 2])
