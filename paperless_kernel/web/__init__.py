"""Pages for the public: the recipient's reading page."""
