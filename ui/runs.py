"""How runs of a page and of its fragments begin, end and follow each other, where Streamlit 1.67 loses its way.

Each of these ended in an empty page now and then, most often on a busy server: a message came for a place that the
browser no longer had ("Bad delta path index"). All three go with the version that `requirements.txt` asks for.
"""

from __future__ import annotations

from typing import NoReturn

from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

_clear = ForwardMsgQueue.clear


def begin_here() -> None:
    """Begin a run of the page at its top; the first call of each.

    Where it follows a fragment's run in the same thread, Streamlit is still in the container that the fragment was
    called in: all would be drawn there, and what is outside taken away.
    """
    context_dg_stack.set(get_default_dg_stack_value())


def end_here() -> NoReturn:
    """End this run: what is shown stays, and what a visitor did meanwhile comes next.

    ``st.stop`` also gives up what waits for the end of the run (Streamlit 1.67), as everything does that comes from
    within a fragment: a handle moved at the wrong moment would never reach the page.

    Raises:
        StopException: what ``st.stop`` raises.
    """
    raise StopException


def forget_fragments() -> None:
    """After a run of the page that ended early: fragments that it did not come to are there no more.

    Streamlit does this after a run that came to its end. The browser takes such fragments away after either, so one
    whose timer or button had asked for another run would be drawn where there is nothing.
    """
    context = get_script_run_ctx()
    if context is not None:
        context.fragment_storage.clear(new_fragment_ids=context.shared.new_fragment_ids.snapshot())


def keep_messages() -> None:
    """Let a fragment's run leave in the queue what the run of the page before it has drawn; once for a server.

    Streamlit drops what that one drew of the same fragment where the browser has not been sent it yet, but still sends
    what was drawn in and after it, and that the page has ended.
    """
    ForwardMsgQueue.clear = _clear_for_a_page


def _clear_for_a_page(
    queue: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    if retain_lifecycle_msgs and fragment_ids_this_run is not None:
        queue._delta_index_map = {}  # nothing of this run replaces anything of an earlier one
    else:
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
