"""Networks that others have trained to know pictures, and where their weights come from."""
