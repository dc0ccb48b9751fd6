"""From pictures to batches: sources, preparing, TFRecords, the input pipeline, demo data."""
