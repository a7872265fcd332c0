"""Figures: one Plotly figure a function, arrays in, a `Chart` out."""
