"""Where things stay: rows, objects, the journal, and the keeper of the keys."""
