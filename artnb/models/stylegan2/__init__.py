"""StyleGAN2's networks, of plain Keras operations: mapping, synthesis, discriminator."""
