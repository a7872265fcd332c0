"""A component of Streamlit whose script here is a few lines that load the real one from `ui.assets`."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from ui import assets

HOSTS = "mount.js"

_STUB = """
const at = (address) => new URL(address, window.location.origin).href;
const link = (rel, address) => {
  const node = document.createElement("link");
  node.rel = rel;
  node.href = at(address);
  document.head.append(node);
  return node;
};
%(preload)s.forEach((address) => link("modulepreload", address));
const styled = Promise.all(%(styles)s.map((address) => new Promise((resolve, reject) => {
  const node = link("stylesheet", address);
  node.onload = resolve;
  node.onerror = reject;
})));
const loaded = Promise.all([import(at("%(module)s")), import(at("%(mount)s")), styled]);
loaded.then(([module]) => { %(ready)s; }, () => {});
export default function (component) {
  loaded.then(
    ([module, mount]) => mount.enter(component, module.%(draw)s, module.%(drop)s),
    () => { component.parentElement.textContent = %(failure)s; },
  );
  return () => loaded.then(([, mount]) => mount.leave(component), () => {});
}
"""

_made: dict[str, Any] = {}


def component(
    name: str,
    module: str,
    style: str = "",
    *,
    draw: str = "draw",
    drop: str = "drop",
    ready: str = "",
    failure: str = "",
) -> Any:
    """A component, made once.

    Args:
        name: its name for Streamlit.
        module: path of its module below `ui/`; what that imports is asked for along with it.
        style: path of its style sheet, if it has one.
        draw: the module's function that takes Streamlit's component object, at each message and change of theme; its
            ``parentElement`` is one element for as long as the component is there, whatever Streamlit does with mounts.
        drop: the module's function that takes that element once the component has gone.
        ready: a call of another function of the module, once it is there; ``at`` makes an address whole.
        failure: what a visitor reads where the module could not be loaded.

    Returns:
        What ``st.components.v2.component`` returns.
    """
    if name not in _made:
        script = _STUB % {
            "preload": json.dumps([assets.address(path) for path in (*assets.modules(module), HOSTS)]),
            "styles": json.dumps([assets.address(style)] if style else []),
            "module": assets.address(module),
            "mount": assets.address(HOSTS),
            "ready": f"module.{ready}" if ready else "",
            "draw": draw,
            "drop": drop,
            "failure": json.dumps(failure),
        }
        _made[name] = st.components.v2.component(name, js=script, isolate_styles=False)
    return _made[name]
