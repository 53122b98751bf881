"""What a process that reads other people's files may cost. The system keeps these limits, whatever the process does."""

import resource
import signal


def limit(memory, seconds):
    """Before anything is read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def limit_worker(seconds):
    """Before each file: no process of its own, and an end after so much processor time."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, seconds)
