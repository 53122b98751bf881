using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Applying;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.TakingBack;

/// <summary>The journal of a rollback: those of the deployments that it takes back, the newest first, each gone through from its end.</summary>
internal sealed record BackJournal(IReadOnlyList<ApplyJournal> Parts)
{
    private const string Because = "rolled back";

    public bool IsEnded => Parts.All(part => part.IsEnded);

    /// <summary>What could not be taken back, and why.</summary>
    public IEnumerable<string> Left => Parts.SelectMany(part => part.Left);

    public int All => Parts.Sum(part => part.Steps.Count);

    /// <summary>How many steps are as they were.</summary>
    public int Done => Parts.Sum(part => part.Steps.Count - part.At);

    /// <param name="earlier">The texts of the journals, the newest first.</param>
    /// <param name="service">The resource id of the service that they have to be about.</param>
    public static Result<BackJournal> From(IReadOnlyList<string?> earlier, string service)
    {
        var parts = new List<ApplyJournal>();
        foreach (var text in earlier)
        {
            var read = ApplyJournal.Read(text);
            if (read.Failed(out _))
                return Problem.Denied(
                    "what an earlier deployment changed is in no record that can be read any more, and nothing was taken back; revert the commit and push that"
                );
            if (!string.Equals(read.Value.Service, service, StringComparison.OrdinalIgnoreCase))
                return Problem.Denied(
                    $"an earlier deployment was to {read.Value.Service}, and the connection leads to {service} now; nothing was taken back. Correct the connection, or revert the commit and push that"
                );
            parts.Add(read.Value.Undo(Because) with { WasMade = true, Left = [] });
        }
        return new BackJournal(parts);
    }

    /// <summary>The same with one part gone on with.</summary>
    public BackJournal With(int part, ApplyJournal now) => new([.. Parts.Select((one, at) => at == part ? now : one)]);

    public string ToText() =>
        new JsonObject { ["parts"] = new JsonArray([.. Parts.Select(part => part.ToJson())]) }.ToJsonString();

    /// <summary>Internal when the text is none.</summary>
    public static Result<BackJournal> Read(string? text)
    {
        try
        {
            var parts = JsonNode.Parse(text ?? "null")!["parts"]!.AsArray();
            return new BackJournal([.. parts.Select(part => ApplyJournal.Of(part!.AsObject()))]);
        }
        catch (Exception wrong)
            when (wrong is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return Problem.Internal("the journal of this rollback cannot be read; nothing was changed by this attempt");
        }
    }
}
