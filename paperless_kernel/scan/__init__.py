"""Trusted scanning (신뢰스캔): sealed boxes become inspected, signed documents."""
