"""Analyses: one question a file, weights and samples in, numbers out."""
