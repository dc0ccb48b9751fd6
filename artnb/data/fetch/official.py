"""What Kaggle's competition officially consists of, as figures."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OfficialFile:
    """How long a published file is, and its hash."""

    size_bytes: int
    sha256: str


COMPETITION = "gan-getting-started"

# Read from the pointers that stand for the 25 shards in Vlad357/GaN, a repository that tracks
# the competition's files with Git LFS (commit 9d945d0): they hold each file's sha256 and size.
_SHARDS = {
    "monet_tfrec/monet00-60.tfrec": OfficialFile(
        2_234_695, "40f52bcd71f658bd1474784039bf3c35fccb42f18a1e9f12cec5b09772836a94"
    ),
    "monet_tfrec/monet04-60.tfrec": OfficialFile(
        2_044_018, "407d2803f76b1aeb83f00df270083cee0a3738cbbc56e34dc7a664ef2f340080"
    ),
    "monet_tfrec/monet08-60.tfrec": OfficialFile(
        1_966_705, "fd18fcb5c9ac0ddedeee1809fb910c97cf09411f8369f5df94a403b4f46593ab"
    ),
    "monet_tfrec/monet12-60.tfrec": OfficialFile(
        1_984_259, "6f918266504597e5c5ee5e6ab3bdf428b2327dc8af2d5714f3eabb231926c892"
    ),
    "monet_tfrec/monet16-60.tfrec": OfficialFile(
        2_028_261, "71bc9af5ecf763b3632662da421746498a2e8148519010cbe5c0b34c205c399b"
    ),
    "photo_tfrec/photo00-352.tfrec": OfficialFile(
        13_769_347, "d672f7d878856f38e2d65774eebb2340f047e6c8fb9dce00d7ecd3e0fb7b9252"
    ),
    "photo_tfrec/photo01-352.tfrec": OfficialFile(
        13_319_227, "182632ba770eaaa917421fb8ec57e7408174850cb6cfd3ec5f4068f719921f3b"
    ),
    "photo_tfrec/photo02-352.tfrec": OfficialFile(
        13_296_290, "8400f71dae7e72dbae016604a7c5a6e857f481779776ac803896921b25f3b250"
    ),
    "photo_tfrec/photo03-352.tfrec": OfficialFile(
        13_425_298, "f60f5c55e32983a5dd34d2ae34bb436afc0403a0e8936b3f76db9178c4a98a62"
    ),
    "photo_tfrec/photo04-352.tfrec": OfficialFile(
        13_826_551, "7fc543d66699745a76dab58a9751c1392787a07c2b20fea41999ab930409ce1a"
    ),
    "photo_tfrec/photo05-352.tfrec": OfficialFile(
        14_053_476, "03f82fc152b2cc8e276cd134754e1ceb1841e7151e8621620624a4c70ac776be"
    ),
    "photo_tfrec/photo06-352.tfrec": OfficialFile(
        13_661_631, "6b608e0f7157bb21d29921ef235cbbbd73c52fc8b425b54b9d64d40930ea22fe"
    ),
    "photo_tfrec/photo07-352.tfrec": OfficialFile(
        13_535_765, "53d610a3e128ceb3d09c7f3332c42cfcc8e98ba58027f2bbf746ab1176a87ef5"
    ),
    "photo_tfrec/photo08-352.tfrec": OfficialFile(
        13_731_125, "7241c5345f669bf2f8d1274a5202e4db0622c1e0adfeda512154763e564324c4"
    ),
    "photo_tfrec/photo09-352.tfrec": OfficialFile(
        13_683_551, "eb92fb8e1f1fb3bf19efd664925812b3f27026a142a6ca4011b3d0c34519b81d"
    ),
    "photo_tfrec/photo10-352.tfrec": OfficialFile(
        13_678_565, "5bcf8176aa9299410904816f428f1aed7adb9e002ec70fd113057e2e8eb6137c"
    ),
    "photo_tfrec/photo11-352.tfrec": OfficialFile(
        13_881_629, "ca52ba7791efe559514d460d310457174d80fcddb3425651d78d3fef7448af5a"
    ),
    "photo_tfrec/photo12-352.tfrec": OfficialFile(
        13_539_765, "0ec6b6309d20006412e7b8e2fef9d04876470247fff32145f32fb5ea76456d56"
    ),
    "photo_tfrec/photo13-352.tfrec": OfficialFile(
        13_580_486, "d7a4f2e18bbcf32d0cac2c96b5bf47532b7c1c060ee7836da552027a6220810a"
    ),
    "photo_tfrec/photo14-352.tfrec": OfficialFile(
        13_844_390, "b4f3b8a2949dc959b60c76b8c366bc5e6c98bcc312ba0f205a95977ab479faa6"
    ),
    "photo_tfrec/photo15-352.tfrec": OfficialFile(
        13_396_972, "6a1c115a55b5924423c976e401dde3d4eaf224540dc75eadcf9efaedd906e19e"
    ),
    "photo_tfrec/photo16-352.tfrec": OfficialFile(
        13_487_236, "02ce500facbfb0ffb6fd9579aa5904e7fff0de81f4164e1f98e106128cfb098d"
    ),
    "photo_tfrec/photo17-352.tfrec": OfficialFile(
        13_921_276, "26f36f9329001e46617b9188ae595c5e054b0f141541103985ed3f17cc87545b"
    ),
    "photo_tfrec/photo18-352.tfrec": OfficialFile(
        13_280_950, "dc7132a96afc36f866e2ea0a6981b4b2a203194cc84f8eea7366c06a5bd1a15f"
    ),
    "photo_tfrec/photo19-350.tfrec": OfficialFile(
        13_607_765, "2ea1770281a466f2ecbef5ba32423db1cb3da7576654476ab3405b97cfe5231b"
    ),
}

# Competitions whose files are known, by slug, and by the path of each file within.
OFFICIAL: Mapping[str, Mapping[str, OfficialFile]] = {COMPETITION: _SHARDS}
# Of everything in it, unpacked: the shards, and 103 MB as single pictures.
UNPACKED_BYTES: Mapping[str, int] = {
    COMPETITION: sum(file.size_bytes for file in _SHARDS.values()) + 103_000_000
}
