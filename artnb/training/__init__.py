"""The engine, losses, augmentation, CycleGAN, callbacks: everything that trains."""
