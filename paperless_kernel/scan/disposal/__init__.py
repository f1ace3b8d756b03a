"""Disposal: may this paper be destroyed, and the proof that it was (파기)."""
