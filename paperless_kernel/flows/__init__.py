"""Where businesses meet: idempotent hand-overs, never one transaction over two."""
