using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Json;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>
/// Tells what a signed payload says. The event header is not signed, so the payload's own shape comes first; the header only says which field is
/// missing from a malformed one.
/// </summary>
internal static class HookEvents
{
    private const string NoBranchOrTag = "not a branch or tag";

    /// <param name="pullRequest">Reads a payload that has a pull request in it; the one thing in which Gogs and Gitea differ.</param>
    public static Result<ForgeEvent> Read(SignedDelivery delivery, Func<JsonElement, Result<ForgeEvent>> pullRequest)
    {
        var parsed = StrictJson.Parse(delivery.Json, anyNumber: true);
        if (parsed.Failed(out var problem))
            return Problem.Invalid($"the payload cannot be read: {problem.Message}");
        return Read(parsed.Value, delivery.EventName, pullRequest);
    }

    /// <summary>A part of the payload as a record; a problem names the field.</summary>
    public static Result<T> Payload<T>(JsonElement payload, JsonTypeInfo<T> type)
    {
        var read = JsonReading.Read(payload, type);
        return read.Failed(out var problem) ? Problem.Invalid($"the payload cannot be read: {problem.Message}") : read;
    }

    private static Result<ForgeEvent> Read(
        JsonElement payload,
        string eventName,
        Func<JsonElement, Result<ForgeEvent>> pullRequest
    )
    {
        if (payload.ValueKind != JsonValueKind.Object)
            return Problem.Invalid("the payload is not a JSON object");
        return Kind(payload, eventName) switch
        {
            "pull_request" => pullRequest(payload),
            "push" => Push(payload),
            "create" or "delete" => CreateOrDelete(payload),
            _ => new IgnoredEvent($"the event '{eventName}' moves no branch, tag or pull request"),
        };
    }

    private static string Kind(JsonElement payload, string eventName)
    {
        bool Has(string field) => payload.TryGetProperty(field, out _);
        if (Has("comment") || Has("issue"))
            return "comment";
        if (Has("pull_request"))
            return "pull_request";
        if (Has("before") || Has("after"))
            return "push";
        if (Has("ref_type"))
            return "create";
        return eventName;
    }

    private static Result<ForgeEvent> Push(JsonElement payload)
    {
        var read = Refs(payload);
        if (read.Failed(out var problem))
            return problem;
        var push = read.Value;
        if (push.Ref is null)
            return HookFields.Missing("ref");
        if (!RefName.TryParse(push.Ref, out var name))
            return HookFields.Bad("ref", "is not a full ref name that Bascule accepts");
        if (!CommitId.TryParse(push.Before, out var before))
            return HookFields.Bad("before", "is not a full commit id");
        if (!CommitId.TryParse(push.After, out var after))
            return HookFields.Bad("after", "is not a full commit id");
        if (push.Commits.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Array))
            return HookFields.Bad("commits", "is not a list");
        if (!name.IsBranch && !name.IsTag)
            return new IgnoredEvent(NoBranchOrTag);
        var id = push.Repository!.Id!.Value;
        if (before == after)
            return new PingHint(id); // the test button: no push leaves a ref where it was
        return new RefHint(id, name, before, after, HookFields.Account(push.Pusher));
    }

    private static Result<ForgeEvent> CreateOrDelete(JsonElement payload)
    {
        var read = Refs(payload);
        if (read.Failed(out var problem))
            return problem;
        var change = read.Value;
        if (change.Ref is null)
            return HookFields.Missing("ref");
        if (change.RefType is not ("branch" or "tag"))
            return HookFields.Bad("ref_type", "is neither branch nor tag");
        if (change.Ref.StartsWith("refs/", StringComparison.Ordinal))
            return new IgnoredEvent(NoBranchOrTag); // Gogs tells of refs/x/y as a "branch" of that name
        var prefix = change.RefType == "tag" ? "refs/tags/" : "refs/heads/";
        if (!RefName.TryParse(prefix + change.Ref, out var name))
            return HookFields.Bad("ref", "is not a branch or tag name that Bascule accepts");
        var after = CommitId.TryParse(change.Sha, out var sha) ? sha : (CommitId?)null;
        return new RefHint(change.Repository!.Id!.Value, name, null, after, HookFields.Account(change.Sender));
    }

    /// <summary>The payload with its repository's id in place.</summary>
    private static Result<RefPayload> Refs(JsonElement payload)
    {
        var read = Payload(payload, HookJson.Default.RefPayload);
        if (read.Failed(out var problem))
            return problem;
        return read.Value.Repository switch
        {
            null => HookFields.Missing("repository"),
            { Id: null } => HookFields.Missing("repository.id"),
            { Id: <= 0 } => HookFields.Bad("repository.id", "is not a positive number"),
            _ => read,
        };
    }
}
