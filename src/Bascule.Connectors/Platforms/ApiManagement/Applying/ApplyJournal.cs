using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>
/// What a deployment is about to do and what was there before, written down before its first write: from this alone it is gone on with after a crash, and taken
/// back.
/// </summary>
/// <param name="Owner">What the revisions that it makes are marked with.</param>
internal sealed record ApplyJournal(string Owner, IReadOnlyList<ApplyStep> Steps)
{
    /// <summary>The resource id of the service that it is about: its steps say what below it.</summary>
    public string Service { get; init; } = "";

    /// <summary>Steps before this one are made; while it is taken back, this one and those behind it are as they were. Only a hint: each step is looked at anew.</summary>
    public int At { get; init; }

    /// <summary>Why it is taken back; null while it goes on.</summary>
    public string? Undoing { get; init; }

    /// <summary>It is taken back long after its end: what differs from what it made was changed by somebody else.</summary>
    public bool WasMade { get; init; }

    /// <summary>What could not be taken back, and why.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>The step that is made, or taken back, next; there is one until it is ended.</summary>
    public int Next => Undoing is null ? At : At - 1;

    public bool IsEnded => Undoing is null ? At >= Steps.Count : At <= 0;

    /// <summary>The same, to be taken back: from its end, since more may have been made than was noted.</summary>
    public ApplyJournal Undo(string because) => this with { Undoing = because, At = Steps.Count };

    public string ToText() => ToJson().ToJsonString();

    public JsonObject ToJson() =>
        new()
        {
            ["at"] = At,
            ["left"] = new JsonArray([.. Left.Select(left => JsonValue.Create(left))]),
            ["made"] = WasMade,
            ["owner"] = Owner,
            ["service"] = Service,
            ["steps"] = new JsonArray([.. Steps.Select(Write)]),
            ["undoing"] = Undoing,
        };

    /// <summary>Internal when the text is none.</summary>
    public static Result<ApplyJournal> Read(string? text)
    {
        try
        {
            return Of(JsonNode.Parse(text ?? "null")!.AsObject());
        }
        catch (Exception wrong)
            when (wrong is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return Problem.Internal(
                "the journal of this deployment cannot be read; nothing was changed by this attempt"
            );
        }
    }

    /// <summary>Throws when it is none: <see cref="Read(string?)"/> and its like say so.</summary>
    public static ApplyJournal Of(JsonObject journal) =>
        new((string)journal["owner"]!, [.. journal["steps"]!.AsArray().Select(step => Read(step!.AsObject()))])
        {
            At = (int)journal["at"]!,
            Service = (string)journal["service"]!,
            WasMade = (bool)journal["made"]!,
            Undoing = (string?)journal["undoing"],
            Left = [.. journal["left"]!.AsArray().Select(left => (string)left!)],
        };

    private static JsonObject Write(ApplyStep step) =>
        step switch
        {
            ApplyStep.Put put => new JsonObject
            {
                ["before"] = put.Before?.DeepClone(),
                ["import"] = put.Import?.DeepClone(),
                ["put"] = put.Place.Path,
                ["wanted"] = put.Wanted.DeepClone(),
            },
            ApplyStep.Delete delete => new JsonObject
            {
                ["before"] = delete.Before.DeepClone(),
                ["below"] = new JsonArray([
                    .. delete.Below.Select(lost => new JsonObject
                    {
                        ["path"] = lost.Address.Path,
                        ["properties"] = lost.Properties.DeepClone(),
                    }),
                ]),
                ["delete"] = delete.Place.Path,
            },
            ApplyStep.Revise revise => new JsonObject
            {
                ["from"] = revise.From,
                ["revise"] = revise.Api.Path,
                ["to"] = revise.To,
                ["wanted"] = revise.Wanted.DeepClone(),
            },
            ApplyStep.InRevision inside => new JsonObject
            {
                ["inside"] = inside.Place.Path,
                ["wanted"] = inside.Wanted?.DeepClone(),
            },
            ApplyStep.Share share => new JsonObject
            {
                ["before"] = share.Before.DeepClone(),
                ["share"] = share.Api.Path,
                ["to"] = share.To,
                ["wanted"] = share.Wanted.DeepClone(),
            },
            ApplyStep.Release release => new JsonObject
            {
                ["from"] = release.From,
                ["release"] = release.Api.Path,
                ["to"] = release.To,
            },
            _ => throw new InvalidOperationException("an unknown kind of step"),
        };

    private static ApplyStep Read(JsonObject step)
    {
        if (step["put"] is { } put)
            return new ApplyStep.Put(Place(put), Map(step["wanted"])!, Map(step["before"]))
            {
                Import = Map(step["import"]),
            };
        if (step["delete"] is { } delete)
            return new ApplyStep.Delete(
                Place(delete),
                Map(step["before"])!,
                [
                    .. step["below"]!
                        .AsArray()
                        .Select(lost => new LostResource(Place(lost!["path"]!), Map(lost["properties"])!)),
                ]
            );
        if (step["revise"] is { } revise)
            return new ApplyStep.Revise(Place(revise), (int?)step["from"], (int)step["to"]!, Map(step["wanted"])!);
        if (step["share"] is { } share)
            return new ApplyStep.Share(Place(share), (int)step["to"]!, Map(step["wanted"])!, Map(step["before"])!);
        if (step["inside"] is { } inside)
            return new ApplyStep.InRevision(Place(inside), Map(step["wanted"]));
        return new ApplyStep.Release(Place(step["release"]!), (int)step["from"]!, (int)step["to"]!);
    }

    private static ApimAddress Place(JsonNode path) =>
        ApimAddress.Parse((string)path!) ?? throw new FormatException("it names no resource");

    private static JsonObject? Map(JsonNode? node) => (JsonObject?)node?.DeepClone();
}
