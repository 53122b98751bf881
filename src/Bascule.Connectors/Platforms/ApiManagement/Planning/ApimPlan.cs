using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>A comparison as what people approve: canonical JSON whose digest changes when the commit or the service does.</summary>
/// <param name="Resources">Everything that the commit has, by path: what a later commit lacks of it is deleted.</param>
/// <param name="Changes">Null where nobody could be asked what the service holds.</param>
internal sealed record ApimPlan(IReadOnlyList<ApimAddress> Resources, ApimChangeSet? Changes)
{
    private const int MostLines = 40;

    /// <summary>The addresses of an earlier plan; none when it is not a plan for API Management.</summary>
    public static IReadOnlyList<ApimAddress> ResourcesOf(string? json)
    {
        try
        {
            var plan = JsonNode.Parse(json ?? "{}")!.AsObject();
            return (string?)plan["kind"] == ApimDefaults.Kind
                ?
                [
                    .. plan["resources"]!
                        .AsArray()
                        .Select(path => ApimAddress.Parse((string)path!))
                        .OfType<ApimAddress>(),
                ]
                : [];
        }
        catch (Exception wrong) when (wrong is JsonException or NullReferenceException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>The service that a plan is for, as <see cref="ApimOptions.ServiceId"/>; null when it is not a plan for API Management.</summary>
    public static string? ServiceOf(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject plan && (string?)plan["kind"] == ApimDefaults.Kind
                ? (string?)plan["service"]
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is to be done, alone.</summary>
    public static JsonObject JsonOf(ApimChangeSet set) =>
        new() { ["changes"] = new JsonArray([.. set.Changes.Select(Json)]), ["revisions"] = Revisions(set) };

    public JsonObject Json(ApimOptions options, PlanRequest request, ApimEnvironment environment) =>
        new()
        {
            ["changes"] = Changes is { } set ? new JsonArray([.. set.Changes.Select(Json)]) : null,
            ["commit"] = request.Commit.ToString(),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["environment"] = request.EnvironmentName,
            ["folder"] = environment.Folder.Path,
            ["kind"] = ApimDefaults.Kind,
            ["overrides"] = environment.Folder.Environment,
            ["repository"] = request.RepositoryName,
            ["resources"] = new JsonArray([.. Resources.Select(address => JsonValue.Create(address.Path))]),
            ["revisions"] = Changes is { } planned ? Revisions(planned) : null,
            // Every change names its run, so that a resource's own history does.
            ["run"] = "{{run}}",
            ["service"] = options.ServiceId,
            ["workflow"] = request.Workflow,
        };

    /// <summary>For people.</summary>
    public IEnumerable<string> Lines(ApimOptions options, PlanRequest request)
    {
        yield return request.EnvironmentName is { } name
            ? $"API Management '{options.Service}', environment {name}"
            : $"API Management '{options.Service}', a plan only";
        if (Changes is not { } set)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Resources.Count} resources; what of them would change shows where an environment is named"
            );
            yield break;
        }
        if (set.IsEmpty)
            yield return "nothing to change: the service is as the commit wants it";
        foreach (var change in set.Changes.Take(MostLines))
            yield return Line(change);
        if (set.Changes.Count > MostLines)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"and {set.Changes.Count - MostLines} more changes"
            );
    }

    private static JsonObject Json(ApimChange change)
    {
        var json = new JsonObject
        {
            ["action"] = change.Action.ToString().ToLowerInvariant(),
            ["before"] = change.Before is { } before ? PlanDigest.Of(ReadOnlyMembers.Without(before)) : null,
            ["fields"] = new JsonArray([.. change.Fields.Select(field => JsonValue.Create(field))]),
            ["file"] = change.File,
            ["path"] = change.Address.Path,
            ["wanted"] = change.Wanted is { } wanted ? PlanDigest.Of(wanted) : null,
        };
        if (change.Import is { } document)
            json["document"] = RevisionMark.DigestOf(document);
        return json;
    }

    private static JsonObject Revisions(ApimChangeSet set)
    {
        var revisions = new JsonObject();
        foreach (var revision in set.Revisions)
            revisions[revision.Api.Path] = new JsonObject { ["from"] = revision.From, ["to"] = revision.To };
        return revisions;
    }

    private static string Line(ApimChange change)
    {
        var sign = change.Action switch
        {
            ApimAction.Create => "+",
            ApimAction.Update => "~",
            _ => "-",
        };
        var fields = change.Fields.Count == 0 ? "" : $": {string.Join(", ", change.Fields)}";
        return $"{sign} {change.Address}{fields}";
    }
}
