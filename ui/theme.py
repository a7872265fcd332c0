"""The few rules of style that Streamlit's theme settings cannot express. Colours are in ``.streamlit/config.toml``."""

from __future__ import annotations

import streamlit as st

CSS = """
.stAppHeader { background: transparent; height: 2.75rem; min-height: 2.75rem; pointer-events: none; }
.stAppHeader > * { pointer-events: auto; }
.stAppDeployButton, .stDecoration { display: none; }
.stMainBlockContainer { padding: 1.25rem 1.75rem 2rem; max-width: 1560px; }
.stApp:has([data-testid="stExpandSidebarButton"]) .stMainBlockContainer { padding-top: 2.9rem; }
.stMainBlockContainer > [data-testid="stVerticalBlock"] { gap: 0.85rem; }
[data-testid="stSidebarHeader"]::before {
  content: "Contraction Lab"; font-size: 1.1rem; font-weight: 700; white-space: nowrap;
}
[data-testid="stSidebarHeader"] { align-items: center; height: 3.6rem; margin-bottom: 0; }
[data-testid="stNavSectionHeader"] {
  font-size: 0.72rem; font-weight: 650; letter-spacing: 0.07em; text-transform: uppercase;
}
[data-testid="stSidebarNavLink"] span { font-size: 0.95rem; }
/* A live page is always being updated: fading what is old would make it flicker. */
[data-stale="true"] { opacity: 1 !important; transition: none !important; }
/* Numbers that change stand still. */
.stApp { font-variant-numeric: tabular-nums; }
/* Title and subtitle on one line; the bar and the controls are low. */
.st-key-head { gap: 0.9rem !important; align-items: baseline !important; }
.st-key-head h1 { padding: 0; font-size: 1.45rem; }
.st-key-head p { margin: 0; }
.st-key-head [data-testid="stCaptionContainer"] { margin-bottom: 0; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {
  opacity: 1; color: inherit !important;
}
/* What is chosen has enough contrast in the dark, too. */
button[data-variant="segmented_control"][aria-checked="true"], [data-testid="stSliderThumbValue"] {
  color: inherit !important;
}
.st-key-bar { padding: 0.55rem 1rem 0.65rem; }
.st-key-controls { gap: 0.5rem !important; }
/* The fragment of the player's parts is mounted, but takes no place, not even a gap. */
[data-testid="stLayoutWrapper"]:has(> * > [data-testid="stLayoutWrapper"] > [class*="st-key-parts-"]) {
  position: absolute; width: 0; height: 0; overflow: hidden;
}
h2.cl-part { font-size: 1.05rem; font-weight: 650; padding: 0; margin: 0; }
.katex-display { overflow: visible !important; margin: 0.4rem 0; }
[data-testid="stCode"] .token { color: inherit !important; }
[data-testid="stCode"] .token.keyword { font-weight: 650; }
[data-testid="stCode"] .token.comment { font-style: italic; }
.cl-words { margin: 0; padding: 0.6rem 1rem; border-radius: 0.6rem; background: rgba(150, 135, 90, 0.13); }
@media (max-width: 760px) {
  .stMainBlockContainer { padding: 2.9rem 0.75rem 1.5rem; }
  .st-key-bar { padding: 0.5rem; }
  .st-key-bar [data-testid="stHorizontalBlock"] { gap: 0.4rem; }
}
@media (prefers-reduced-motion: reduce) {
  .stApp *, .stApp *::before { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
"""


def apply() -> None:
    """Put the rules into the page."""
    st.html(f"<style>{CSS}</style>")
