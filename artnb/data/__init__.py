"""From pictures to batches: sources, preparing, TFRecords, the input pipeline."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.data.dataset": "fixed_pictures open_dataset",
        "artnb.data.decoding": "decode_image",
        "artnb.data.images": "decode_rgb to_float to_uint8",
        "artnb.data.listing": "describe_reasons list_images look_through",
        "artnb.data.manifest": "read_manifest",
        "artnb.data.records": "decode_example read_frames",
        "artnb.data.scan": "split_key",
        "artnb.data.sources": "existing_folder pictures_in pictures_of_side pictures_to_paint",
    },
)
