using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Cli.Demo;

/// <summary>What the demo saw, read back from where it ended up: the forge and the platform, not Bascule's own word.</summary>
internal sealed record DemoResult
{
    public required string Forge { get; init; }
    public required string Platform { get; init; }

    /// <summary>Of the merge: success, failure, pending or error.</summary>
    public required string CommitStatus { get; init; }

    /// <summary>The pull request's comment, as the forge stores it.</summary>
    public required string Comment { get; init; }
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
    public required string? ModelVersion { get; init; }

    /// <summary>As counted by the platform.</summary>
    public required int PlatformRuns { get; init; }

    /// <summary>From the forge accepting the merge to the platform being asked to run it.</summary>
    public required double PushToStartMilliseconds { get; init; }
    public required IReadOnlyList<string> Simulated { get; init; }
    public required TimeSpan Took { get; init; }
    public required bool Ok { get; init; }

    /// <summary>Null for a platform to which nothing is deployed: it is sent what it runs.</summary>
    public DemoDeployment? Deployment { get; init; }

    /// <summary>It goes to a terminal or a file, never into a page: quotes and umlauts may stay as they are.</summary>
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson()
    {
        var json = new JsonObject
        {
            ["ok"] = Ok,
            ["forge"] = Forge,
            ["platform"] = Platform,
            ["commit_status"] = CommitStatus,
            ["comment"] = Comment,
            ["metrics"] = new JsonObject(
                Metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)metric.Value))
            ),
            ["model_version"] = ModelVersion,
            ["platform_runs"] = PlatformRuns,
            ["push_to_start_ms"] = Math.Round(PushToStartMilliseconds, 1),
            ["simulated"] = new JsonArray([.. Simulated.Select(label => JsonValue.Create(label))]),
            ["seconds"] = Math.Round(Took.TotalSeconds, 1),
        };
        if (Deployment is { } deployment)
        {
            json["deployed_commit"] = deployment.Commit;
            json["rolled_back_to"] = deployment.RolledBackTo;
        }
        return json.ToJsonString(Readable);
    }
}

/// <param name="Commit">What was deployed last, as whoever follows it shows it.</param>
/// <param name="RolledBackTo">What is there after the rollback, as whoever follows it shows it.</param>
internal sealed record DemoDeployment(string? Commit, string? RolledBackTo);
