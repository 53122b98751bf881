namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What an administrator of Airflow sets up, for <c>connect</c>.</summary>
internal static class AirflowSetup
{
    public static string Text(AirflowOptions options, string issuer, string subject, string environment) =>
        options.Account is AirflowAccount.Signed signed
            ? $"""
                # Airflow connection '{options.Name}', environment '{environment}': in airflow.cfg of the API server, then restart it.
                # trusted_jwks_url takes the place of Airflow's own key: put Airflow's public key into that set as well, or its own pages stop working.
                [api_auth]
                trusted_jwks_url = {issuer}/.well-known/jwks.json
                jwt_issuer = {issuer}
                jwt_audience = {signed.Audience}
                jwt_algorithm = RS256
                # The auth manager must know the user '{subject}', which may read DAGs and import errors, and trigger and read runs.
                """
            : $"""
                # Airflow connection '{options.Name}', environment '{environment}': Bascule logs in as a user of Airflow, with the password of the settings.
                # Its role needs to read DAGs, DAG code and import errors, and to trigger, read and edit DAG runs; no more.
                """;
}
