"""What every room needs: errors, time, ids, events. Imports nothing of ours."""
