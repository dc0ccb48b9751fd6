"""Neural style transfer: one photo takes on the strokes of one painting, without training."""
