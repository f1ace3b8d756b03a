"""Capture: batches, sheets, separators, the chain from the first byte."""
