"""What a style consists of, measured: colours, skies, haze, strokes; on photos and paintings."""
