using Bascule.Simulators.Airflow;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>The official descriptions of Airflow's two public APIs, where they are at hand.</summary>
public static class AirflowDescriptions
{
    private static readonly Lazy<OpenApiDocument?> V1 = new(() => Load("airflow-rest-v1-2.10.0.yaml", "/api/v1"));
    private static readonly Lazy<OpenApiDocument?> V2 = new(() => Load("airflow-rest-v2-3.2.1.yaml", ""));

    public static OpenApiDocument? Of(AirflowGeneration generation) =>
        (generation == AirflowGeneration.Three ? V2 : V1).Value;

    /// <summary>What is not as described, of everything that was said; nothing where the descriptions are absent.</summary>
    public static IReadOnlyList<string> Faults(AirflowGeneration generation, IEnumerable<RecordedExchange> exchanges)
    {
        if (Of(generation) is not { } document)
            return [];
        var check = new ExchangeCheck(
            document,
            generation == AirflowGeneration.Three ? "HTTPExceptionResponse" : "Error"
        );
        return [.. exchanges.Where(e => e.Path != "/auth/token").SelectMany(check.Faults)];
    }

    private static OpenApiDocument? Load(string file, string prefix) =>
        SpecsFactAttribute.Directory is { } directory
            ? OpenApiDocument.Load(Path.Join(directory, "airflow", file), prefix)
            : null;
}
