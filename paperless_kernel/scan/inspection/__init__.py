"""Index and inspection by people (색인, 내용검사)."""
