"""Sealing: PDF/A, second integrity check, signature, time, hand-over."""
