"""Automatic quality inspection (품질검사): measures and verdicts."""
