"""Pictures: what scanners write, normalised once, and read back."""
