"""Networks that others have trained: they paint, and cannot be trained on."""
