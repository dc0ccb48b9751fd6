"""Kaggle's competition gan-getting-started: make a submission, check it, push the notebook."""
