"""Unpacks the exact tree that Bascule sent as packs, checks every file, and runs its script as if it lay here.

Arguments: where the manifest is, the manifest's SHA-256, then the script's own arguments.
"""

import hashlib
import json
import os
import runpy
import shutil
import sys
import tempfile
import zipfile

REMEDY = "start it anew with: bascule run retry <run>"


def find_manifest(stated, digest):
    """Some runtimes define no __file__, and some run a copy elsewhere: look in each place where it may be."""
    folders = [os.path.dirname(stated), os.path.dirname(sys.argv[0]), os.getcwd()]
    for folder in folders:
        path = os.path.join(folder, "manifest.json")
        if os.path.isfile(path):
            with open(path, "rb") as file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() == digest:
                return os.path.abspath(folder), json.loads(content)
    sys.exit(f"bascule: {stated} is missing or was changed after Bascule wrote it; {REMEDY}")


def target_of(root, path):
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        sys.exit(f"bascule: the manifest names the unusable path {path!r}")
    target = os.path.join(root, *path.split("/"))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return target


def unpack(folder, manifest, root):
    by_pack = {}
    for path, (pack, digest, executable) in manifest["files"].items():
        by_pack.setdefault(pack, []).append((path, digest, executable))
    for pack, files in sorted(by_pack.items()):
        name = os.path.join(os.path.dirname(folder), "packs", manifest["packs"][pack])
        if not os.path.isfile(name):
            sys.exit(f"bascule: {name} is missing; {REMEDY}")
        with zipfile.ZipFile(name) as archive:
            for path, digest, executable in files:
                content = archive.read(path)
                if hashlib.sha256(content).hexdigest() != digest:
                    sys.exit(f"bascule: {path} in {name} was changed after Bascule wrote it; {REMEDY}")
                target = target_of(root, path)
                with open(target, "xb") as file:
                    file.write(content)
                os.chmod(target, 0o755 if executable else 0o644)


def main():
    stated, digest, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    folder, manifest = find_manifest(stated, digest)
    root = tempfile.mkdtemp(prefix="bascule-")
    try:
        unpack(folder, manifest, root)
        script = os.path.join(root, *manifest["script"].split("/"))
        home = os.path.dirname(script)
        os.chdir(home)
        sys.argv = [script, *arguments]
        if sys.path and os.path.abspath(sys.path[0] or folder) == folder:
            del sys.path[0]
        sys.path.insert(0, home)
        given = {name: globals()[name] for name in ("spark", "sc", "dbutils", "display") if name in globals()}
        runpy.run_path(script, init_globals=given, run_name="__main__")
    finally:
        os.chdir(tempfile.gettempdir())
        shutil.rmtree(root, ignore_errors=True)


main()
