"""Lets a server print what each of its threads does: ``kill -USR1``."""

import faulthandler
import signal

if hasattr(signal, "SIGUSR1"):
    faulthandler.register(signal.SIGUSR1)
