using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>How far a run is with its bundle, written before each step.</summary>
/// <param name="Since">When the deployment was begun, by Bascule's clock.</param>
/// <param name="Job">The id of the job that is to run; null while the deployment may not have ended.</param>
internal sealed record BundleJournal(DateTimeOffset Since, long? Job)
{
    public string ToText() =>
        CanonicalJson.ToText(
            new JsonObject
            {
                ["job"] = Job?.ToString(CultureInfo.InvariantCulture),
                ["since"] = Since.ToString("O", CultureInfo.InvariantCulture),
            }
        );

    /// <summary>Null when nothing was written yet.</summary>
    public static Result<BundleJournal?> Read(string? text)
    {
        if (text is null)
            return Result.Of<BundleJournal?>(null);
        try
        {
            var json = JsonNode.Parse(text)!.AsObject();
            var since = DateTimeOffset.ParseExact(
                json["since"]!.GetValue<string>(),
                "O",
                CultureInfo.InvariantCulture,
                DateTimeStyles.RoundtripKind
            );
            var job = json["job"]?.GetValue<string>();
            return new BundleJournal(since, job is null ? null : long.Parse(job, CultureInfo.InvariantCulture));
        }
        catch (Exception wrong)
            when (wrong is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return Problem.Internal("the journal of this deployment cannot be read");
        }
    }
}
