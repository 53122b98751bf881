using System.Text.Json;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Cli.Features.Dags;

/// <summary>DAGs of other repositories of the environment, as <c>bascule dags check --json</c> told of them.</summary>
internal static class HeldDagFiles
{
    private const int MaxBytes = 16 << 20;

    public static Result<IReadOnlyList<HeldDag>> Read(IReadOnlyList<string> files)
    {
        List<HeldDag> held = [];
        foreach (var file in files)
        {
            if (!File.Exists(file))
                return Problem.NotFound($"there is no '{file}'");
            if (new FileInfo(file).Length > MaxBytes || ReadOne(file) is not { } read)
                return Problem.Invalid(
                    $"'{file}' is not what bascule dags check --json writes; write it again for that repository"
                );
            held.AddRange(read);
        }
        return Result.Of<IReadOnlyList<HeldDag>>(held);
    }

    private static IEnumerable<HeldDag>? ReadOne(string file)
    {
        try
        {
            var parsed = StrictJson.Parse(File.ReadAllBytes(file));
            return
                parsed.Problem is null
                && parsed.Value.Deserialize(DagCheckJson.Default.DagCheckRecord) is { Dags: { } dags }
                ? dags.Select(dag => new HeldDag(dag.Id, file, dag.Path))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
