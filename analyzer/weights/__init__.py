"""Evidence in the weights: separability, dead channels, shrinkable kernels, numeric health."""
