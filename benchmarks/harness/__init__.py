"""How every benchmark here measures; the measured work is in the scripts beside it."""
