"""Where a node stands: in which DAG, how often it is run, in which branches."""

import ast

MOST_TIMES = 10**9


class Place:
    """Where a node stands: in which DAG, how often it is run, in which branches."""

    __slots__ = ("dag", "times", "hidden", "branches")

    def __init__(self, dag=None, times=1, hidden=False, branches=()):
        self.dag, self.times, self.hidden, self.branches = dag, times, hidden, branches

    def inside(self, dag):
        return Place(dag, self.times, self.hidden, self.branches)

    def repeated(self, count):
        if count is None:
            return Place(self.dag, self.times, True, self.branches)
        return Place(self.dag, min(MOST_TIMES, self.times * count), self.hidden, self.branches)

    def branch(self, node, number):
        return Place(self.dag, self.times, self.hidden, self.branches + ((id(node), number),))

    def excludes(self, other):
        """Whether only one of the two is ever run."""
        mine = dict(self.branches)
        return any(node in mine and mine[node] != number for node, number in other.branches)


def count_of(node):
    """How often a loop over it runs; None when that cannot be seen."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None if any(isinstance(one, ast.Starred) for one in node.elts) else len(node.elts)
    if isinstance(node, ast.Dict):
        return None if None in node.keys else len(node.keys)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id == "range" and all(is_number(one) for one in node.args) and 1 <= len(node.args) <= 3:
            try:
                return min(MOST_TIMES, len(range(*[one.value for one in node.args])))
            except (ValueError, OverflowError):
                return None
        if node.func.id in ("enumerate", "sorted", "reversed", "list", "tuple") and len(node.args) == 1:
            return count_of_plain(node.args[0])
    return None


def count_of_plain(node):
    return count_of(node) if isinstance(node, (ast.List, ast.Tuple, ast.Dict)) else None


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) is int and abs(node.value) <= MOST_TIMES


def each(nodes, place):
    return [(node, place) for node in nodes]
