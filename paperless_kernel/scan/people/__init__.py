"""People, devices and the registered rules that a workshop works by."""
