"""Training data from the network, into folders that `open_dataset` accepts."""
