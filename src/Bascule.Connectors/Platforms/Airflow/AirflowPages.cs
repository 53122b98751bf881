using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Where people look at a run in Airflow's own pages.</summary>
internal static class AirflowPages
{
    public static Uri OfRun(AirflowOptions options, string dag, string run) =>
        new(
            options.Url.AbsoluteUri.TrimEnd('/')
                + (
                    options.Api == AirflowApi.V2
                        ? OutboundPath.Of($"/dags/{dag}/runs/{run}")
                        : OutboundPath.Of($"/dags/{dag}/grid?dag_run_id={run}")
                )
        );
}
