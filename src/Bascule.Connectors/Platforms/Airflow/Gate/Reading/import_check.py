"""
Imports DAG files as Airflow would, one after the other, each in a process of its own. Started by ImportCheck inside a sandbox without network, secrets and
disk: everything that is written here is memory, and gone at the end.

Standard input: how many files, then for each the length of its path and the path, one byte that says whether it is to be imported, its length and its
bytes; numbers are 4 bytes, big-endian. Standard output: a JSON object a line for each file that is imported, then {"end": N, "python": VERSION}. A file's code
can say here what it likes: the answer is advice about files that mean well.
"""

import importlib.util
import json
import os
import resource
import select
import signal
import struct
import sys
import time

ROOT = "/tmp/dags"
MOST_WORDS = 250
MOST_PROCESSES = 64
MOST_ANSWER = 4096


def read_number(source):
    return struct.unpack(">I", source.read(4))[0]


def take_files(source):
    """Writes all of them, and gives the paths of those to be imported."""
    wanted = []
    for _ in range(read_number(source)):
        path = os.path.join(ROOT, source.read(read_number(source)).decode("utf-8"))
        is_wanted = source.read(1) == b"\1"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(source.read(read_number(source)))
        if is_wanted:
            wanted.append(path)
    return wanted


def limit(memory, seconds):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))


def describe(error, path):
    """The line of the file itself, not of what it imports."""
    line, trace = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    words = f"{type(error).__name__}: {error}"[:MOST_WORDS]
    return line or 1, "".join(one if one.isprintable() else "\ufffd" for one in words)


def attempt(path, out):
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    try:
        spec = importlib.util.spec_from_file_location("dag_under_check", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        answer = {"dags": [], "names": [], "hidden_imports": []}
    except BaseException as error:
        line, words = describe(error, path)
        answer = {"fault": "failed", "line": line, "text": words}
    os.write(out, json.dumps(answer).encode("ascii") + b"\n")


def hear(source, seconds):
    """The line that the process says; less when it ends before, None when it takes too long or says too much."""
    said, end = b"", time.monotonic() + seconds
    while len(said) <= MOST_ANSWER:
        ready, _, _ = select.select([source], [], [], max(0, end - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(source, MOST_ANSWER)
        if not chunk:
            return said
        said += chunk
        if b"\n" in said:
            return said.partition(b"\n")[0]
    return None


def import_one(path, memory, seconds):
    source, out = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(source)
            limit(memory, seconds)
            attempt(path, out)
        finally:
            os._exit(0)
    os.close(out)
    said = hear(source, seconds)
    os.close(source)
    end_all()
    try:
        answer = json.loads(said) if said else None
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "file" not in answer and "end" not in answer:
        return answer
    why = "takes too long to be imported" if said is None else "ends the process that imports it"
    return {"fault": "failed", "line": 1, "text": why}


def end_all():
    """In a process namespace of its own, everybody else but the first process is what the file has left behind."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        while os.waitpid(-1, 0):
            pass
    except ChildProcessError:
        pass


def main():
    memory, seconds = (int(word) for word in sys.argv[1:3])
    wanted = take_files(sys.stdin.buffer)
    sys.path.insert(0, ROOT)
    for number, path in enumerate(wanted):
        answer = import_one(path, memory, seconds)
        answer["file"] = number
        os.write(1, json.dumps(answer).encode("ascii") + b"\n")
    os.write(1, json.dumps({"end": len(wanted), "python": "%d.%d.%d" % sys.version_info[:3]}).encode("ascii") + b"\n")


if os.getpid() == 1 or len([name for name in os.listdir("/proc") if name.isdigit()]) > 4:
    sys.exit("this is no process namespace of its own: nothing is imported")
main()
