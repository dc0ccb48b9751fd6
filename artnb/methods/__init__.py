"""Methods: a folder for each way of making pictures."""
