"""Custody of paper: boxes, seals, hand-overs, bins, labels."""
