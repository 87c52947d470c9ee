"""Tables of the projects app, one module per family."""
