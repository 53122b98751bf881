"""One walk through a file: its DAGs with their tasks, and the modules that it uses."""

import ast

from dag_names import Names
from dag_place import MOST_TIMES, Place, count_of, each
from dag_source import Fault, children_of

SCHEDULE_WORDS = {"schedule", "schedule_interval", "timetable"}
IMPORTERS = {"__import__", "importlib.import_module", "importlib.__import__", "runpy.run_module"}
RUNNERS = {"exec", "eval", "runpy.run_path", "importlib.util.spec_from_file_location", "imp.load_source"}

MOST_NAMES = 4000  # in the answer about one file
MOST_DAGS = 1000
LONGEST = 300  # characters of a name or message


class Reading:
    """One walk through a file, with a stack of its own: a deep tree must not end the interpreter."""

    def __init__(self, tree):
        self.names = Names(tree)
        self.used = {}  # dotted name: first line
        self.hidden_imports = []
        self.dags = []
        self.by_call = {}
        self.loose = []  # tasks outside every DAG: the variable that they name, the place, whether they have an owner, whether they are mapped
        self.walk(tree)
        self.place_loose_tasks()

    def walk(self, tree):
        ways_down = {
            ast.With: self.children_of_with,
            ast.AsyncWith: self.children_of_with,
            ast.For: self.children_of_loop,
            ast.AsyncFor: self.children_of_loop,
            ast.While: self.children_of_while,
            ast.ListComp: self.children_of_comprehension,
            ast.SetComp: self.children_of_comprehension,
            ast.DictComp: self.children_of_comprehension,
            ast.GeneratorExp: self.children_of_comprehension,
            ast.If: self.children_of_if,
            ast.IfExp: self.children_of_if,
            ast.Match: self.children_of_match,
            ast.Try: self.children_of_try,
            ast.FunctionDef: self.children_of_function,
            ast.AsyncFunctionDef: self.children_of_function,
        }
        looks = {
            ast.Import: self.look_at_import,
            ast.ImportFrom: self.look_at_import,
            ast.Attribute: self.look_at_attribute,
            ast.Call: self.look_at_call,
        }
        stack = [(tree, Place())]
        while stack:
            node, place = stack.pop()
            look = looks.get(type(node))
            if look is not None:
                look(node, place)
            way_down = ways_down.get(type(node))
            below = each(children_of(node), place) if way_down is None else way_down(node, place)
            below.reverse()
            stack += below

    @staticmethod
    def children_of_loop(node, place):
        inside = place.repeated(count_of(node.iter))
        return [(node.target, place), (node.iter, place)] + each(node.body, inside) + each(node.orelse, place)

    @staticmethod
    def children_of_while(node, place):
        return [(node.test, place)] + each(node.body, place.repeated(None)) + each(node.orelse, place)

    @staticmethod
    def children_of_if(node, place):
        body, other = (node.body, node.orelse) if isinstance(node, ast.If) else ([node.body], [node.orelse])
        return [(node.test, place)] + each(body, place.branch(node, 0)) + each(other, place.branch(node, 1))

    @staticmethod
    def children_of_match(node, place):
        return [(node.subject, place)] + [(case, place.branch(node, number)) for number, case in enumerate(node.cases)]

    @staticmethod
    def children_of_try(node, place):
        inside = each(node.body, place.branch(node, 0)) + each(node.handlers, place.branch(node, 1))
        return inside + each(node.orelse, place) + each(node.finalbody, place)

    def children_of_with(self, node, place):
        inside = place
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Name):
                call = self.names.dag_calls.get(call.id)
            if isinstance(call, ast.Call) and self.names.is_dag(call.func):
                inside = place.inside(self.dag_of(call, place))
        return each(node.items, place) + each(node.body, inside)

    def children_of_comprehension(self, node, place):
        inside = place
        for generator in node.generators:
            inside = inside.repeated(count_of(generator.iter))
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return each(node.generators, place) + each(parts, inside)

    def children_of_function(self, node, place):
        inside = place
        for decorator in node.decorator_list:
            if self.names.is_dag_word(decorator):
                call = decorator if isinstance(decorator, ast.Call) else None
                inside = place.inside(self.dag_of(call, place, node))
        returns = [] if node.returns is None else [node.returns]
        return each(node.decorator_list + [node.args] + returns, place) + each(node.body, inside)

    def look_at_attribute(self, node, place):
        if self.names.is_imported(node):
            self.use(self.names.dotted(node), node.lineno)

    def look_at_import(self, node, place):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.use(alias.name, node.lineno)
        elif node.level == 0 and node.module:
            self.use(node.module, node.lineno)
            for alias in node.names:
                self.use(f"{node.module}.{alias.name}", node.lineno)

    def look_at_call(self, node, place):
        name = self.names.dotted(node.func)
        if name in IMPORTERS:
            first = self.names.text(node.args[0]) if node.args else None
            if first is None:
                self.hidden_imports.append({"line": node.lineno, "name": name})
            else:
                self.use(first, node.lineno)
        elif name in RUNNERS:
            self.hidden_imports.append({"line": node.lineno, "name": name})
        if self.names.is_dag(node.func):
            self.dag_of(node, place)
        else:
            self.look_for_task(node, place)

    def look_for_task(self, node, place):
        """Operator(...), Operator.partial(...).expand(...), function(...), function.expand(...), function.override(...)(...)"""
        func, mapped = node.func, False
        if isinstance(func, ast.Attribute) and func.attr in ("expand", "expand_kwargs"):
            started = func.value
            while isinstance(started, (ast.Call, ast.Attribute)) and not self.names.is_task_class(started):
                started = started.func if isinstance(started, ast.Call) else started.value
            func, mapped = started, True
            if not (isinstance(func, ast.Name) and func.id in self.names.tasks):
                self.count(node, place, tasks=0, mapped=True)  # the task itself is its partial(...)
                return
        elif isinstance(func, ast.Attribute) and func.attr == "partial" and self.names.is_task_class(func.value):
            func = func.value
        elif isinstance(func, ast.Call) and isinstance(func.func, ast.Attribute) and func.func.attr == "override":
            func = func.func.value
        if self.names.is_task_class(func) or (isinstance(func, ast.Name) and func.id in self.names.tasks):
            self.count(node, place, tasks=1, mapped=mapped)

    def count(self, node, place, tasks, mapped):
        words = {word.arg: word.value for word in node.keywords}
        named = words.get("dag")
        task = (named.id if isinstance(named, ast.Name) else None, place, tasks, "owner" in words, mapped)
        if place.dag is None:
            self.loose.append(task)
        else:
            add_task(place.dag, task)

    def place_loose_tasks(self):
        for task in self.loose:
            call = self.names.dag_calls.get(task[0])
            dag = self.by_call.get(id(call))
            if dag is None and len(self.dags) == 1:
                dag = self.dags[0]
            if dag is not None:
                add_task(dag, task)

    def use(self, name, line):
        if name is None or name.startswith("."):
            return
        if len(self.used) >= MOST_NAMES and name not in self.used:
            raise Fault("limit", line, f"uses more than {MOST_NAMES} names of modules")
        self.used.setdefault(name[:LONGEST], line)

    def dag_of(self, call, place, function=None):
        known = self.by_call.get(id(call)) if call is not None else None
        if known is not None:
            return known
        line = function.lineno if function is not None else call.lineno
        if len(self.dags) >= MOST_DAGS:
            raise Fault("limit", line, f"holds more than {MOST_DAGS} DAGs")
        words = {word.arg: word.value for word in call.keywords} if call is not None else {}
        dag = {
            "id": self.id_of(call, words, function),
            "line": line,
            "schedule": schedule_of(call, words),
            "owner": self.owner_of(words),
            "tasks": 0,
            "hidden": False,
            "mapped": 0,
            "owned": 0,
            "place": place,
        }
        self.dags.append(dag)
        if call is not None:
            self.by_call[id(call)] = dag
        return dag

    def id_of(self, call, words, function):
        given = words.get("dag_id")
        if given is None and call is not None and call.args:
            given = call.args[0]
        if given is not None:
            return self.names.text(given)
        return function.name if function is not None and None not in words else None

    def owner_of(self, words):
        """True, False, or None: it cannot be told."""
        given = words.get("default_args")
        if isinstance(given, ast.Name):
            given = self.names.dicts.get(given.id, given)
        if given is None:
            return None if None in words else False
        if isinstance(given, ast.Dict):
            pairs = [(None if key is None else self.names.text(key), value) for key, value in zip(given.keys, given.values)]
            spread = None in given.keys
        elif self.names.is_dict(given):
            pairs = [(word.arg, word.value) for word in given.keywords]
            spread = bool(given.args) or any(word.arg is None for word in given.keywords)
        else:
            return None
        owners = [value for key, value in pairs if key == "owner"]
        if not owners:
            return None if spread else False
        text = self.names.text(owners[-1])
        return text is None and not isinstance(owners[-1], ast.Constant) or text not in (None, "", "airflow")

    def answer(self):
        kept = []
        for dag in self.dags:
            # Of those in branches that exclude each other only one is ever there. One that excludes the last one of its id says enough.
            same = [other for other in kept if dag["id"] is not None and other["id"] == dag["id"]]
            if not same or not dag["place"].excludes(same[-1]["place"]):
                kept.append(dag)
        for dag in kept:
            if dag["owner"] is False and 0 < dag["tasks"] == dag["owned"]:
                dag["owner"] = True
        wire = ("id", "line", "schedule", "owner", "tasks", "hidden", "mapped")
        return {
            "dags": [{word: printable(dag[word]) for word in wire} for dag in kept],
            "names": [{"name": printable(name), "line": line} for name, line in self.used.items()],
            "hidden_imports": self.hidden_imports[:MOST_DAGS],
        }


def add_task(dag, task):
    _, place, tasks, has_owner, mapped = task
    dag["tasks"] = min(MOST_TIMES, dag["tasks"] + tasks * place.times)
    dag["owned"] = min(MOST_TIMES, dag["owned"] + (tasks * place.times if has_owner else 0))
    dag["mapped"] += mapped
    dag["hidden"] = dag["hidden"] or place.hidden


def schedule_of(call, words):
    if SCHEDULE_WORDS & words.keys():
        return True
    if call is None:
        return False
    if len(call.args) >= 3 and not any(isinstance(one, ast.Starred) for one in call.args):
        return True  # DAG(dag_id, description, schedule)
    return None if None in words or any(isinstance(one, ast.Starred) for one in call.args) else False


def printable(value):
    """What has no glyph of its own (controls, halves of a surrogate pair) becomes U+FFFD: the other side takes nothing else."""
    if not isinstance(value, str):
        return value
    return "".join(one if one.isprintable() else "\ufffd" for one in value[:LONGEST])
