"""Documents that leave the supervision app."""
