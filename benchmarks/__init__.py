"""Speed, as ratios of two things timed in turn in one process: ``python -m benchmarks [core] [umap] [app]``."""
