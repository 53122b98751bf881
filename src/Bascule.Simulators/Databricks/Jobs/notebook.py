"""Runs the source of a notebook with the parts of dbutils that plain Python can offer."""

import json
import sys

_source, _parameters, _result = sys.argv[1:4]
sys.argv = [_source]


class _NotebookExit(BaseException):
    pass


class _Notebook:
    def exit(self, value=""):
        with open(_result, "w", encoding="utf-8") as out:
            out.write(str(value))
        raise _NotebookExit()


class _Widgets:
    def __init__(self, values):
        self._values = values

    def text(self, name, defaultValue="", label=None):
        self._values.setdefault(name, defaultValue)

    def get(self, name):
        return self._values[name]

    def getAll(self):
        return dict(self._values)


class _DbUtils:
    def __init__(self, values):
        self.notebook = _Notebook()
        self.widgets = _Widgets(values)


with open(_parameters, encoding="utf-8") as given:
    _globals = {"__name__": "__main__", "__file__": _source, "dbutils": _DbUtils(json.load(given))}
with open(_source, encoding="utf-8") as text:
    _code = compile(text.read(), _source, "exec")
sys.path[0] = _source.rsplit("/", 1)[0]
try:
    exec(_code, _globals)
except _NotebookExit:
    pass
