"""From the bytes of a Python file to its tree, as Python itself would read it; nothing else than UTF-8 is taken."""

import ast
import re

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


class Fault(Exception):
    """What keeps a file from being read."""

    def __init__(self, kind, line, text):
        super().__init__(text)
        self.kind, self.line, self.text = kind, line, text


def text_of_file(data):
    """As Python would decode it: only UTF-8, with or without a mark at its beginning."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", 2)[:2]
    for number, line in enumerate(lines, 1):
        cookie = COOKIE.match(line)
        if cookie:
            name = cookie.group(1).decode("ascii", "replace")
            if name.lower().replace("_", "-") not in ("utf-8", "utf8"):
                raise Fault("encoding", number, name)
        if not BLANK.match(line):
            break
    zero = data.find(b"\0")
    if zero >= 0:
        raise Fault("syntax", data.count(b"\n", 0, zero) + 1, "a null byte")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Fault("encoding", data.count(b"\n", 0, wrong.start) + 1, "") from None


def parse(data):
    try:
        return ast.parse(text_of_file(data))
    except SyntaxError as wrong:
        raise Fault("syntax", max(1, wrong.lineno or 1), wrong.msg or "cannot be parsed") from None
    except ValueError as wrong:
        raise Fault("syntax", 1, str(wrong)) from None


def children_of(node):
    """As ast.iter_child_nodes, without what says that a name is read or written."""
    below = []
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            below += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            below.append(value)
    return below


def nodes_of(tree):
    nodes = [tree]
    for node in nodes:
        nodes += children_of(node)
    return nodes
