"""What the names of a file stand for, as far as a look at the whole file tells: imports, constants, DAGs, tasks."""

import ast
import re

from dag_source import nodes_of

TASK_CLASS = re.compile(r"^_?[A-Z]\w*(?:Operator|Sensor)(?:Async)?$")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

MOST_PARTS = 32  # of a dotted name
LONGEST_TEXT = 3000  # characters of a text that is put together


class Names:
    """What the names of a file stand for, as far as a look at the whole file tells."""

    def __init__(self, tree):
        self.imported = {}  # local name: dotted name
        self.texts = {}  # of names that get one text, once
        self.dicts = {}
        self.classes = set()  # that derive from DAG
        self.tasks = set()  # functions below @task
        self.dag_calls = {}  # variable: the call of DAG that it was given
        nodes = nodes_of(tree)
        for node in nodes:
            self.read_import(node)
        stored = self.count_stores(nodes)
        for node in tree.body:
            self.read_constant(node, stored)
        for node in nodes:
            if isinstance(node, ast.ClassDef) and any(self.is_dag(base) for base in node.bases):
                self.classes.add(node.name)
        for node in nodes:
            self.read_definition(node)

    def read_import(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                self.imported[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                self.imported[alias.asname or alias.name] = f"{module}.{alias.name}"

    @staticmethod
    def count_stores(nodes):
        stored = {}
        for node in nodes:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                name = node.id
            elif isinstance(node, ast.arg):
                name = node.arg
            elif isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                name = node.name
            else:
                continue
            stored[name] = stored.get(name, 0) + 1
        return stored

    def read_constant(self, node, stored):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            return
        if not isinstance(target, ast.Name) or stored.get(target.id) != 1 or target.id in self.imported:
            return
        text = self.text(node.value)
        if text is not None:
            self.texts[target.id] = text
        elif self.is_dict(node.value):
            self.dicts[target.id] = node.value

    def read_definition(self, node):
        if isinstance(node, FUNCTIONS) and any(self.is_task_word(one) for one in node.decorator_list):
            self.tasks.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and self.is_dag(node.value.func):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.dag_calls[target.id] = node.value
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            if isinstance(node.context_expr, ast.Call) and self.is_dag(node.context_expr.func):
                self.dag_calls[node.optional_vars.id] = node.context_expr

    def dotted(self, node):
        """The full name that a name or a chain of attributes stands for; None for anything else."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
            if len(parts) > MOST_PARTS:
                return None
        if not isinstance(node, ast.Name):
            return None
        parts.append(self.imported.get(node.id, node.id))
        return ".".join(reversed(parts)).removeprefix("builtins.")

    def is_imported(self, node):
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported

    def text(self, node, depth=0):
        """A text that is the same at every run; None when that cannot be told."""
        if depth > 8:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.texts.get(node.id)
        if isinstance(node, ast.JoinedStr):
            return self.join([self.text(part, depth + 1) for part in node.values])
        if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            return self.text(node.value, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.join([self.text(node.left, depth + 1), self.text(node.right, depth + 1)])
        return None

    @staticmethod
    def join(parts):
        whole = None if None in parts else "".join(parts)
        return whole if whole is None or len(whole) <= LONGEST_TEXT else None

    def is_dict(self, node):
        return isinstance(node, ast.Dict) or (isinstance(node, ast.Call) and self.dotted(node.func) == "dict")

    def is_dag(self, node):
        name = self.dotted(node)
        return name is not None and (name in self.classes or name.rpartition(".")[2] == "DAG")

    def is_dag_word(self, decorator):
        name = self.dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        return name is not None and name.rpartition(".")[2] == "dag"

    def is_task_word(self, decorator):
        """@task, @task.branch, @airflow.sdk.task.docker(image=...)"""
        name = self.dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        return name is not None and "task" in name.split(".")[-2:]

    def is_task_class(self, node):
        name = self.dotted(node)
        return name is not None and TASK_CLASS.match(name.rpartition(".")[2]) is not None
