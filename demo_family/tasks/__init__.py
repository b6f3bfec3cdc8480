"""What can be asked of the material, with the answers. Knows no pixels, no samples and no model."""
