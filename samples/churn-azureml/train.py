"""Trains a small churn classifier and registers it, with Python's standard library only.

Azure Machine Learning gives each job an MLflow run of its own: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN and MLFLOW_RUN_ID lead to it.
With the packages mlflow and azureml-mlflow the class Tracking is two calls; here it talks to the same REST paths.
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
RATE = 0.01


class Tracking:
    def __init__(self):
        self.base = os.environ["MLFLOW_TRACKING_URI"].replace("azureml://", "https://", 1) + "/api/2.0/mlflow/"
        self.run = os.environ["MLFLOW_RUN_ID"]

    def post(self, path, body, may_exist=False):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), method="POST")
        request.add_header("Authorization", "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"])
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            said = json.loads(refusal.read() or b"{}")
            if may_exist and said.get("error_code") == "RESOURCE_ALREADY_EXISTS":
                return said
            raise RuntimeError(f"{path}: {refusal}: {said}") from None

    def log(self, metrics):
        now = int(time.time() * 1000)
        points = [{"key": key, "value": value, "timestamp": now, "step": 0} for key, value in metrics.items()]
        self.post("runs/log-batch", {"run_id": self.run, "metrics": points})

    def register(self, model):
        self.post("registered-models/create", {"name": model}, may_exist=True)
        source = f"azureml://jobs/{self.run}/outputs/artifacts/paths/model/"
        made = self.post("model-versions/create", {"name": model, "source": source, "run_id": self.run})
        return made["model_version"]["version"]


def standardised(rows, name):
    values = [float(row[name]) for row in rows]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
    return [(value - mean) / spread for value in values]


def probability(weights, features):
    score = weights[0] + sum(weight * value for weight, value in zip(weights[1:], features))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def fit(examples):
    weights = [0.0] * (len(FEATURES) + 1)
    for _ in range(EPOCHS):
        for features, label in examples:
            step = RATE * (label - probability(weights, features))
            weights = [weight + step * value for weight, value in zip(weights, (1.0, *features))]
    return weights


def measure(weights, examples):
    scored = [(probability(weights, features), label) for features, label in examples]
    churned = [score for score, label in scored if label]
    stayed = [score for score, label in scored if not label]
    wins = sum((high > low) + 0.5 * (high == low) for high in churned for low in stayed)
    loss = sum((score - label) ** 2 for score, label in scored) / len(scored)
    return {"auc": wins / (len(churned) * len(stayed)), "rmse": math.sqrt(loss)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    given = parser.parse_args()

    with open(pathlib.Path(__file__).with_name("customers.csv"), newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [standardised(rows, name) for name in FEATURES]
    examples = list(zip(zip(*columns), (int(row["churned"]) for row in rows)))
    metrics = measure(fit(examples), examples)
    print(f"trained on {len(rows)} customers with {', '.join(FEATURES)}: {metrics}")

    tracking = Tracking()
    tracking.log(metrics)
    print(f"registered {given.model} version {tracking.register(given.model)}")


if __name__ == "__main__":
    main()
