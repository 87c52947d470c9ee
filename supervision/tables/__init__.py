"""Tables of the supervision app, one module per family."""
