"""Certified notices (공인알림문자): to a person by CI, once, and reading is proven."""
