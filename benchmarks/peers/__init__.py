"""The same contractive autoencoder in other people's idioms, beside ours: ``make bench-peers``."""
