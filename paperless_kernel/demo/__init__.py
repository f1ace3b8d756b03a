"""The demo: one box of paper through all four businesses, on a trial clock.

Knows a story and who acts in it. Everything it does goes through the same services as
real work; nothing here is a shortcut.
"""
