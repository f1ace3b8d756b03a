"""요금: what was used, by the day and 0.01 MB, becomes an exact invoice."""
