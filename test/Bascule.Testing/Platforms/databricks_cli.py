"""A strict stand-in for the Databricks CLI, for tests. It is not the CLI and shares nothing with it.

It knows the commands, options and variables that Bascule uses and refuses all others; it logs in by token exchange, keeps its state, lock and files in the
workspace as the CLI's direct engine does, and writes plans in the same form. Of resources it knows jobs, without expressions over lists.
"""

import base64
import json
import os
import re
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request

VERSION = "1.13.0-stand-in"
BESIDE = os.path.dirname(os.path.realpath(__file__))
COMMANDS = {
    ("version",): {"--output": True},
    ("bundle", "validate"): {"--output": True, "--target": True},
    ("bundle", "plan"): {"--output": True, "--target": True},
    ("bundle", "deploy"): {"--target": True, "--plan": True, "--auto-approve": False, "--force-lock": False},
    ("bundle", "summary"): {"--output": True, "--target": True},
}
VARIABLES = {
    "HOME", "TMPDIR", "PATH", "DATABRICKS_HOST", "DATABRICKS_AUTH_TYPE", "DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CONFIG_FILE", "DATABRICKS_BUNDLE_ENGINE", "DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION", "DATABRICKS_CACHE_ENABLED", "SSL_CERT_FILE",
}


class Failed(Exception):
    pass


def fault(name):
    """Whether the test asked for this to go wrong, once."""
    path = os.path.join(BESIDE, "fault")
    try:
        with open(path) as file:
            asked = file.read().strip()
    except FileNotFoundError:
        return False
    if asked != name:
        return False
    os.remove(path)
    return True


def read_arguments(arguments):
    for command, known in COMMANDS.items():
        if tuple(arguments[: len(command)]) != command:
            continue
        options, rest = {}, list(arguments[len(command):])
        while rest:
            name = rest.pop(0)
            if name not in known:
                raise Failed(f"unknown flag: {name}")
            options[name] = rest.pop(0) if known[name] else True
        if options.get("--output", "json") != "json":
            raise Failed("the stand-in writes JSON alone")
        return command[-1], options
    raise Failed(f"unknown command {' '.join(arguments[:2])}")


def check_surroundings():
    names = {name for name in os.environ if name != "LC_CTYPE"}
    if names - VARIABLES:
        raise Failed(f"the environment has {sorted(names - VARIABLES)}")
    expected = {
        "DATABRICKS_AUTH_TYPE": "file-oidc",
        "DATABRICKS_BUNDLE_ENGINE": "direct",
        "DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION": "1",
        "DATABRICKS_CACHE_ENABLED": "false",
    }
    for name, value in expected.items():
        if os.environ.get(name) != value:
            raise Failed(f"{name} must be {value}")
    if os.listdir(os.environ["PATH"]):
        raise Failed("programs can be found")
    if os.path.exists(os.environ["DATABRICKS_CONFIG_FILE"]):
        raise Failed("there is a settings file")
    if sys.stdin.read():
        raise Failed("somebody types")
    token = os.environ["DATABRICKS_OIDC_TOKEN_FILEPATH"]
    if stat.S_IMODE(os.stat(token).st_mode) != 0o600:
        raise Failed("others can read the token")
    if os.path.realpath(token).startswith(os.getcwd() + "/"):
        raise Failed("the token lies in the bundle")
    folder = os.getcwd()
    if stat.S_IMODE(os.stat(os.path.dirname(folder)).st_mode) != 0o700:
        raise Failed("others can look into the folder")
    while folder != "/":
        if os.path.exists(os.path.join(folder, ".git")):
            raise Failed("there is Git data")
        folder = os.path.dirname(folder)


class Workspace:
    def __init__(self, host):
        self.host = host.rstrip("/")
        with open(os.environ["DATABRICKS_OIDC_TOKEN_FILEPATH"]) as file:
            assertion = file.read()
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": assertion,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "scope": "all-apis",
            "client_id": os.environ["DATABRICKS_CLIENT_ID"],
        }
        request = urllib.request.Request(self.host + "/oidc/v1/token", urllib.parse.urlencode(form).encode())
        request.add_header("Content-Type", "application/x-www-form-urlencoded")
        self.token = self.send(request)["access_token"]

    def send(self, request):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            said = json.load(refusal)
            raise Failed(said.get("error_code") or said.get("error") or "?", said.get("message") or said.get("error_description")) from None

    def call(self, method, path, body=None, /, **query):
        address = self.host + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(address, None if body is None else json.dumps(body).encode(), method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        request.add_header("Content-Type", "application/json")
        return self.send(request)

    def read(self, path):
        try:
            answer = self.call("GET", "/api/2.0/workspace/export", path=path, format="RAW")
        except Failed as failed:
            if failed.args[0] == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
        return base64.b64decode(answer["content"])

    def write(self, path, content, overwrite=True, kind="RAW"):
        self.call("POST", "/api/2.0/workspace/mkdirs", {"path": os.path.dirname(path)})
        body = {"path": path, "format": kind, "content": base64.b64encode(content).decode(), "overwrite": overwrite}
        self.call("POST", "/api/2.0/workspace/import", body)


def scalar(text):
    text = text.strip()
    if text[:1] in "\"'":
        return text[1:-1]
    if text.startswith("["):
        return [scalar(item) for item in re.split(r",\s*", text[1:-1]) if item]
    if text.startswith("{"):
        return dict((key.strip(), scalar(value)) for key, value in (item.split(":", 1) for item in text[1:-1].split(",") if item))
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False, "": None, "null": None}.get(text, text)


def parse(lines, indent):
    """The block form of YAML, as far as the bundles of the tests use it."""
    found = None
    while lines and lines[0][0] >= indent:
        at, text = lines[0]
        if text.startswith("- "):
            found = found or []
            lines[0] = (at + 2, text[2:])
            found.append(parse(lines, at + 2) if re.match(r"[\w.-]+:( |$)", text[2:]) else scalar(lines.pop(0)[1]))
            continue
        key, _, rest = text.partition(":")
        lines.pop(0)
        found = found or {}
        nested = not rest.strip() and lines and (lines[0][0] > at or (lines[0][0] == at and lines[0][1].startswith("- ")))
        found[key] = parse(lines, lines[0][0]) if nested else scalar(rest)
    return found


def read_yaml(path):
    with open(path) as file:
        lines = [(len(line) - len(line.lstrip()), line.strip()) for line in file if line.strip() and not line.strip().startswith("#")]
    return parse(lines, 0) or {}


def merge(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merge(one.get(key), other[key]) if key in other else one[key] for key in {**one, **other}}
    return one if other is None else other


def resolve(node, values):
    if isinstance(node, dict):
        return {key: resolve(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [resolve(item, values) for item in node]
    if not isinstance(node, str):
        return node
    for _ in range(5):
        node = re.sub(r"\$\{([\w.]+)\}", lambda found: str(values.get(found.group(1), found.group(0))), node)
    return node


def load(target):
    config = read_yaml("databricks.yml")
    for pattern in config.pop("include", None) or []:
        folder, name = os.path.split(pattern)
        expression = re.escape(name).replace(r"\*", "[^/]*")
        for file in sorted(os.listdir(folder or ".")):
            if re.fullmatch(expression, file) and file != "databricks.yml":
                config = merge(config, read_yaml(os.path.join(folder, file)))
    targets = config.pop("targets", {})
    if target not in targets:
        raise Failed(f"{target}: no such target")
    chosen = targets[target] or {}
    config = merge(config, {key: value for key, value in chosen.items() if key not in ("mode", "default", "variables")})
    variables = {name: (value or {}).get("default") for name, value in (config.get("variables") or {}).items()}
    variables.update(chosen.get("variables") or {})
    config["bundle"]["target"] = target
    workspace = config.setdefault("workspace", {})
    root = workspace["root_path"]
    workspace.setdefault("file_path", root + "/files")
    workspace.setdefault("state_path", root + "/state")
    values = {"bundle.name": config["bundle"]["name"], "bundle.target": target}
    values.update({f"var.{name}": value for name, value in variables.items()})
    values.update({f"workspace.{key}": value for key, value in workspace.items()})
    config = resolve(config, values)
    config.setdefault("sync", {}).setdefault("paths", ["."])
    return config


def hooks(config):
    if (config.get("experimental") or {}).get("scripts") or config.get("artifacts") or config.get("python"):
        with open(os.path.join(BESIDE, "ran"), "w") as file:
            file.write("code of the bundle would have run here")
        raise Failed("running scripts is not allowed when DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION is set")


def place(path, config):
    if path.startswith("/"):
        return path
    if not os.path.exists(path):
        raise Failed(f"{path} not found")
    return config["workspace"]["file_path"] + "/" + os.path.normpath(path)


def wanted_jobs(config, user):
    wanted = {}
    kinds = set(config.get("resources") or {}) - {"jobs"}
    if kinds:
        raise Failed(f"the stand-in knows no {sorted(kinds)}")
    for key, job in ((config.get("resources") or {}).get("jobs") or {}).items():
        job = json.loads(json.dumps(job))
        grants = job.pop("permissions", None)
        for task in job.get("tasks", []):
            program = task.get("spark_python_task")
            if program:
                program["python_file"] = place(program["python_file"], config)
        job.update(
            deployment={"kind": "BUNDLE", "metadata_file_path": config["workspace"]["state_path"] + "/metadata.json"},
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
        )
        job.setdefault("max_concurrent_runs", 1)
        wanted["resources.jobs." + key] = job
        if grants is not None:
            owner = {"level": "IS_OWNER", "service_principal_name": user}
            wanted["resources.jobs." + key + ".permissions"] = grants + [owner]
    return wanted


def read_state(workspace, config):
    found = workspace.read(config["workspace"]["state_path"] + "/resources.json")
    return {"serial": 0, "resources": {}} if found is None else json.loads(found)


def compare(key, wanted, known, workspace):
    if key.endswith(".permissions"):
        state = {"value": {"object_id": "?", "__embed__": wanted}}
        if known is None:
            return {"action": "create", "new_state": state}
        remote = {"object_id": "?", "__embed__": known["grants"]}
        return {"action": "skip"} if known["grants"] == wanted else {"action": "update", "new_state": state, "remote_state": remote}
    if known is None:
        return {"action": "create", "new_state": {"value": wanted}}
    remote = workspace.call("GET", "/api/2.2/jobs/get", job_id=known["id"])["settings"]
    changes = {
        name: {"action": "update", "old": known["settings"].get(name), "new": wanted.get(name), "remote": remote.get(name)}
        for name in sorted({*wanted, *remote})
        if wanted.get(name) != remote.get(name)
    }
    if not changes:
        return {"action": "skip", "remote_state": {"job_id": int(known["id"]), **remote}}
    return {"action": "update", "new_state": {"value": wanted}, "remote_state": {"job_id": int(known["id"]), **remote}, "changes": changes}


def plan(workspace, config, user):
    state, wanted = read_state(workspace, config), wanted_jobs(config, user)
    entries = {key: compare(key, value, state["resources"].get(key), workspace) for key, value in wanted.items()}
    entries.update({key: {"action": "delete"} for key in state["resources"] if key not in wanted})
    return {"plan_version": 2, "cli_version": VERSION, "lineage": "stand-in", "serial": state["serial"], "plan": entries}


def apply(workspace, state, key, entry):
    known = state["resources"].get(key)
    if entry["action"] == "delete":
        if "id" in known:
            workspace.call("POST", "/api/2.2/jobs/delete", {"job_id": int(known["id"])})
        del state["resources"][key]
    elif key.endswith(".permissions"):
        if entry["action"] != "skip":
            state["resources"][key] = {"grants": entry["new_state"]["value"]["__embed__"]}
    elif entry["action"] == "create":
        settings = entry["new_state"]["value"]
        created = workspace.call("POST", "/api/2.2/jobs/create", settings)
        state["resources"][key] = {"id": str(created["job_id"]), "settings": settings}
    elif entry["action"] == "update":
        settings = entry["new_state"]["value"]
        workspace.call("POST", "/api/2.2/jobs/reset", {"job_id": int(known["id"]), "new_settings": settings})
        known["settings"] = settings


def deploy(workspace, config, options):
    with open(options["--plan"]) as file:
        planned = json.load(file)
    state, folder = read_state(workspace, config), config["workspace"]["state_path"]
    if planned["plan_version"] != 2 or planned["serial"] != state["serial"]:
        raise Failed("the plan was made for another state of the deployment")
    if not options.get("--auto-approve"):
        raise Failed("the deployment must be approved")
    try:
        workspace.write(folder + "/deploy.lock", b"{}", overwrite="--force-lock" in options)
    except Failed as failed:
        raise Failed("deploy lock acquired by somebody; use --force-lock to override", failed.args[0]) from None
    if fault("die-with-lock"):
        os.kill(os.getpid(), 9)
    for parent, folders, files in os.walk("."):
        folders[:] = [name for name in folders if name != ".databricks"]
        for name in files:
            path = os.path.normpath(os.path.join(parent, name))
            with open(path, "rb") as file:
                workspace.write(config["workspace"]["file_path"] + "/" + path, file.read())
    for key, entry in planned["plan"].items():
        apply(workspace, state, key, entry)
    state["serial"] += 1
    workspace.write(folder + "/resources.json", json.dumps(state).encode())
    if fault("die-when-done"):
        os.kill(os.getpid(), 9)
    workspace.call("POST", "/api/2.0/workspace/delete", {"path": folder + "/deploy.lock"})


def main():
    command, options = read_arguments(sys.argv[1:])
    with open(os.path.join(BESIDE, "calls"), "a") as file:
        file.write(json.dumps([os.environ.get("DATABRICKS_CLIENT_ID", "nobody"), os.getcwd(), *sys.argv[1:]]) + "\n")
    if command == "version":
        return {"ProjectName": "a stand-in for the Databricks CLI", "Version": VERSION}
    check_surroundings()
    if fault("endless"):
        while True:
            print("x" * 65536, flush=True)
    config = load(options["--target"])
    hooks(config)
    workspace = Workspace((config["workspace"].get("host") or os.environ["DATABRICKS_HOST"]))
    user = workspace.call("GET", "/api/2.0/preview/scim/v2/Me")["userName"]
    config["workspace"]["current_user"] = {"userName": user}
    if command == "validate":
        wanted_jobs(config, user)
        return config
    if command == "plan":
        return plan(workspace, config, user)
    if command == "deploy":
        return deploy(workspace, config, options)
    for key, known in read_state(workspace, config)["resources"].items():
        job = config["resources"]["jobs"].get(key.split(".")[2])
        if job is not None and "id" in known:
            job["id"] = known["id"]
    return config


if __name__ == "__main__":
    try:
        result = main()
        if result is not None:
            print(json.dumps(result, indent=2))
    except Failed as failed:
        print("Error: " + ": ".join(str(part) for part in failed.args if part), file=sys.stderr)
        sys.exit(1)
    except Exception as broken:
        print(f"Error: the stand-in itself is broken: {broken!r}", file=sys.stderr)
        sys.exit(1)
