"""The explorer: a panel in a notebook to try styles, epochs and photos with."""
