"""Records of the workshop: register, counts that must agree, yearly papers."""
