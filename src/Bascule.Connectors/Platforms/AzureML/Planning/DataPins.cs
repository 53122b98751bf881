using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>
/// Which versions the newest of a job's inputs were when its plan was made. What was approved is what runs, so a run takes them from its plan and never
/// looks again.
/// </summary>
/// <param name="Versions">By the input's name; only of inputs that ask for the newest.</param>
internal sealed record DataPins(IReadOnlyDictionary<string, string> Versions)
{
    public const string Member = "pinned";

    public static readonly DataPins None = new(new Dictionary<string, string>());

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (input, version) in Versions.OrderBy(pin => pin.Key, StringComparer.Ordinal))
            json[input] = version;
        return json;
    }

    /// <summary>What a plan says.</summary>
    public static DataPins Of(string? plan)
    {
        if (plan is null)
            return None;
        try
        {
            var pinned = (JsonNode.Parse(plan) as JsonObject)?[Member] as JsonObject ?? [];
            return new DataPins(
                pinned
                    .Select(pin => (pin.Key, Version: JsonText.Of(pin.Value)))
                    .Where(pin => pin.Version is not null)
                    .ToDictionary(pin => pin.Key, pin => pin.Version!)
            );
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>Asks the workspace for the newest versions.</summary>
    public static async Task<Result<DataPins>> AskAsync(
        AzureMlClient client,
        ArmSession session,
        JobDescription job,
        CancellationToken cancellationToken
    )
    {
        var versions = new Dictionary<string, string>();
        foreach (var (name, input) in job.Inputs)
        {
            if (input.Asset is not { IsLatest: true, Name: { } asset })
                continue;
            var found = await client.FindAsync(session, $"{input.Collection}/{asset}", cancellationToken);
            if (found.Failed(out var problem))
                return problem;
            // mfe.json, AssetContainer: "The latest version inside this container".
            if (JsonText.Of(found.Value?.Properties["latestVersion"]) is not { } latest || !AssetName.IsVersion(latest))
                return Problem.Invalid(
                    $"input '{name}' asks for the newest version of '{asset}', and the workspace has none; create it, or write its version"
                );
            versions[name] = latest;
        }
        return new DataPins(versions);
    }

    /// <summary>The job at these versions.</summary>
    public JobDescription Pin(JobDescription job) =>
        job with
        {
            Inputs = job.Inputs.ToDictionary(
                input => input.Key,
                input =>
                    input.Value.Asset is { IsLatest: true } asset && Versions.TryGetValue(input.Key, out var version)
                        ? input.Value with
                        {
                            Asset = asset.At(version),
                        }
                        : input.Value
            ),
        };
}
