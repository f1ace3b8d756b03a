"""The vault: documents held so that anyone can prove nothing changed."""
