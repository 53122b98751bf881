"""
Says what stands in Python files without running any of it: each is parsed by ast, nothing is imported or evaluated.

Started by PythonReading with: memory in bytes, seconds for all files, seconds for one. Standard input: how many files, then for each its length and
its bytes; numbers are 4 bytes, big-endian. Standard output: one JSON object a line, for each file in its order, then {"end": N, "python": VERSION}.

A file may break the parser itself. So a forked worker reads the files, and when it dies, the file that it died of is named and another worker goes on.
"""

import gc
import json
import os
import signal
import struct
import sys

from dag_reading import Reading, printable
from dag_source import Fault, parse
from process_limits import limit, limit_worker

OUT_OF_TIME = (-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL)


def read(data):
    try:
        return Reading(parse(data)).answer()
    except Fault as fault:
        return {"fault": fault.kind, "line": fault.line, "text": printable(fault.text)}
    except RecursionError:
        return {"fault": "limit", "line": 1, "text": "is nested too deeply to be parsed"}
    except MemoryError:
        return {"fault": "limit", "line": 1, "text": "takes more memory than it may to be parsed"}


def say(out, answer):
    line = json.dumps(answer).encode("ascii") + b"\n"
    while line:
        line = line[os.write(out, line) :]


def work(files, first, out, seconds):
    """The worker: a timer that the system keeps ends it at a file that takes too long."""
    gc.disable()
    for number in range(first, len(files)):
        limit_worker(seconds)
        answer = read(files[number])
        answer["file"] = number
        say(out, answer)


def pass_on(source):
    """Whole lines only: the last one of a worker that died may be a part of one."""
    count, rest = 0, b""
    while chunk := os.read(source, 1 << 16):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        count += len(lines)
    sys.stdout.buffer.flush()
    return count


def read_files(source):
    (count,) = struct.unpack(">I", source.read(4))
    files = []
    for _ in range(count):
        (length,) = struct.unpack(">I", source.read(4))
        files.append(source.read(length))
    return files


def main():
    memory, seconds, seconds_each = (int(word) for word in sys.argv[1:4])
    limit(memory, seconds)
    files = read_files(sys.stdin.buffer)
    done = 0
    while done < len(files):
        source, out = os.pipe()
        worker = os.fork()
        if worker == 0:
            try:
                os.close(source)
                work(files, done, out, seconds_each)
            except BaseException:
                os._exit(1)
            os._exit(0)
        os.close(out)
        done += pass_on(source)
        os.close(source)
        ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        if done < len(files):
            why = "takes too long to be parsed" if ended in OUT_OF_TIME else "ends the parser"
            say(1, {"file": done, "fault": "limit", "line": 1, "text": why})
            done += 1
    say(1, {"end": done, "python": "%d.%d.%d" % sys.version_info[:3]})


main()
