#!/usr/bin/env python3
"""Writes what Bascule ships as a CycloneDX 1.5 bill of materials, from the lock files of src/. Usage: build/sbom.py [FILE]; standard output by default."""

import base64
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD_ONLY = {"Meziantou.Analyzer"}  # analyses source, nothing of it is shipped


def version():
    return re.search(r"<Version>(.+?)</Version>", (ROOT / "Directory.Build.props").read_text()).group(1)


def locked():
    """Every package of every project below src/, by name; two versions of one package would be two entries."""
    packages = {}
    for file in sorted(ROOT.glob("src/*/packages.lock.json")):
        for target in json.loads(file.read_text())["dependencies"].values():
            for name, package in target.items():
                if package["type"] != "Project":
                    packages[(name, package["resolved"])] = package["contentHash"]
    return packages


def component(name, number, content_hash):
    purl = f"pkg:nuget/{name}@{number}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": number,
        "scope": "excluded" if name in BUILD_ONLY else "required",
        "purl": purl,
        # NuGet's contentHash is the SHA-512 of the package without its signature, in base64.
        "hashes": [{"alg": "SHA-512", "content": base64.b64decode(content_hash).hex()}],
    }


def bill():
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "bascule", "name": "bascule", "version": version()}},
        "components": [component(*key, content) for key, content in sorted(locked().items())],
    }


text = json.dumps(bill(), indent=2) + "\n"
if len(sys.argv) > 1:
    pathlib.Path(sys.argv[1]).write_text(text)
else:
    sys.stdout.write(text)
