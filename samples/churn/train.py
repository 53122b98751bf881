"""Trains a small churn classifier and registers it, with Python's standard library only.

On Databricks the job gives DATABRICKS_HOST and DATABRICKS_TOKEN; the rest comes in as parameters from .bascule.yaml.
With MLflow's own client the second half of this file is three lines; here it talks to the same REST paths.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import time
import urllib.error
import urllib.request

FEATURES = ["tenure_months", "support_calls"]
EPOCHS = 60
RATE = 0.1


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [[float(row[name]) for row in rows] for name in FEATURES]
    scaled = []
    for values in columns:
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
        scaled.append([(value - mean) / spread for value in values])
    return list(zip(*scaled)), [int(row["churned"]) for row in rows]


def predict(weights, features):
    score = weights[0] + sum(weight * value for weight, value in zip(weights[1:], features))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def train(rows, labels):
    weights = [0.0] * (len(FEATURES) + 1)
    for _ in range(EPOCHS):
        for features, label in zip(rows, labels):
            error = label - predict(weights, features)
            weights[0] += RATE * error / 10
            for place, value in enumerate(features, start=1):
                weights[place] += RATE * error * value / 10
    return weights


def measure(weights, rows, labels):
    scores = [predict(weights, features) for features in rows]
    churned = [score for score, label in zip(scores, labels) if label]
    stayed = [score for score, label in zip(scores, labels) if not label]
    wins = sum((high > low) + 0.5 * (high == low) for high in churned for low in stayed)
    loss = sum((score - label) ** 2 for score, label in zip(scores, labels)) / len(labels)
    return {"auc": wins / (len(churned) * len(stayed)), "rmse": math.sqrt(loss)}


def call(method, path, body=None):
    request = urllib.request.Request(os.environ["DATABRICKS_HOST"].rstrip("/") + path, method=method)
    request.add_header("Authorization", "Bearer " + os.environ["DATABRICKS_TOKEN"])
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def once(path, body):
    """Creates what may be there already."""
    try:
        return call("POST", path, body)
    except urllib.error.HTTPError as problem:
        if json.loads(problem.read()).get("error_code") != "RESOURCE_ALREADY_EXISTS":
            raise
        return None


def experiment_id(name):
    created = once("/api/2.0/mlflow/experiments/create", {"name": name})
    if created:
        return created["experiment_id"]
    found = call("GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=" + urllib.request.quote(name, safe=""))
    return found["experiment"]["experiment_id"]


def main():
    parser = argparse.ArgumentParser()
    for name in ["--run", "--commit", "--model", "--experiment"]:
        parser.add_argument(name, required=True)
    given = parser.parse_args()

    rows, labels = read(pathlib.Path(__file__).with_name("customers.csv"))
    weights = train(rows, labels)
    metrics = measure(weights, rows, labels)
    print(f"trained on {len(rows)} customers with {', '.join(FEATURES)}: {metrics}")

    now = int(time.time() * 1000)
    tags = [{"key": "bascule.run", "value": given.run}, {"key": "bascule.commit", "value": given.commit}]
    run = call(
        "POST",
        "/api/2.0/mlflow/runs/create",
        {"experiment_id": experiment_id(given.experiment), "start_time": now, "tags": tags},
    )["run"]
    run_id = run["info"]["run_id"]
    points = [{"key": key, "value": value, "timestamp": now, "step": 0} for key, value in metrics.items()]
    call("POST", "/api/2.0/mlflow/runs/log-batch", {"run_id": run_id, "metrics": points})

    registry = "/api/2.0/mlflow/unity-catalog"
    once(registry + "/registered-models/create", {"name": given.model})
    source = run["info"].get("artifact_uri", "") + "/model"
    version = call(
        "POST", registry + "/model-versions/create", {"name": given.model, "source": source, "run_id": run_id}
    )["model_version"]["version"]
    call("POST", registry + "/model-versions/finalize", {"name": given.model, "version": version})
    call("POST", "/api/2.0/mlflow/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": int(time.time() * 1000)})
    print(f"registered {given.model} version {version}")


if __name__ == "__main__":
    main()
