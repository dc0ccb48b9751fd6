"""Where am I: platform, backend, devices, folders."""
