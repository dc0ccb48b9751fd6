"""Pictures of what happens: grids, contact sheets, loss curves."""
