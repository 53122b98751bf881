"""Who is about to leave? Loads the customers, computes their features, writes a forecast."""

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def load(**context):
    return "customers"


def forecast(**context):
    return context["params"]["threshold"]


with DAG(
    "churn",
    schedule=None,
    default_args={"owner": "ml"},
    params={"threshold": 0.5},
):
    loaded = PythonOperator(task_id="load", python_callable=load)
    written = PythonOperator(task_id="forecast", python_callable=forecast)
    loaded >> written
