"""What codes of the supervision rules say in Chinese."""
