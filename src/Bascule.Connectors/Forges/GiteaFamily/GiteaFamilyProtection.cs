using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>The rules of protected branches. One rule is one JSON object, kept whole: what we do not know of it must come back unchanged too.</summary>
internal sealed class GiteaFamilyProtection(OutboundClient http)
{
    private const string Contexts = "status_check_contexts";
    private const string Checks = "enable_status_check";

    /// <summary>What an edit of ours may change; the last one is the server's own.</summary>
    private static readonly string[] Ours = [Contexts, Checks, "updated_at"];

    /// <summary>What makes a rule's name a pattern; servers up to 1.18 know none.</summary>
    private static readonly char[] Wild = ['*', '?', '[', '{'];

    public async Task<Result<BranchProtection?>> FindAsync(
        ForgeRepository on,
        RefName branch,
        CancellationToken cancellationToken
    )
    {
        var rule = await ReadAsync(on, branch, cancellationToken);
        return rule.Failed(out var problem) ? problem : Result.Of(rule.Value is { } found ? Describe(found) : null);
    }

    public async Task<Result<Done>> RequireAsync(
        ForgeRepository on,
        RefName branch,
        IReadOnlyCollection<string> contexts,
        CancellationToken cancellationToken
    )
    {
        var before = await ReadAsync(on, branch, cancellationToken);
        if (before.Failed(out var unread))
            return unread;
        var written = before.Value is { } rule
            ? await ExtendAsync(on, branch, [.. Describe(rule).Contexts.Union(contexts)], cancellationToken)
            : await AddAsync(on, branch, [.. contexts], cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var after = await ReadAsync(on, branch, cancellationToken);
        return after.Failed(out unread) ? unread : Compare(on, branch, contexts, before.Value, after.Value);
    }

    private Result<Done> Compare(
        ForgeRepository on,
        RefName branch,
        IReadOnlyCollection<string> contexts,
        JsonObject? before,
        JsonObject? after
    )
    {
        var where = $"{http.Subject}: the protection of '{branch.ShortName}' of {on.FullName}";
        if (after is null || Describe(after) is not { } stands || !contexts.All(stands.Requires))
            return Problem.Conflict($"{where} was written and does not stand; look at it and run `bascule connect`");
        var others = before is null ? [] : Differences(before, after).ToList();
        return others.Count == 0
            ? Result.Done
            : Problem.Conflict(
                $"{where} changed in more than Bascule asked for: {string.Join(", ", others)}; put that right at the forge"
            );
    }

    private static IEnumerable<string> Differences(JsonObject before, JsonObject after) =>
        before
            .Select(field => field.Key)
            .Union(after.Select(field => field.Key))
            .Where(name => !Ours.Contains(name) && !JsonNode.DeepEquals(before[name], after[name]));

    private static BranchProtection Describe(JsonObject rule) =>
        new(
            [.. (rule[Contexts] as JsonArray ?? []).Select(Text).OfType<string>()],
            IsTrue(rule[Checks]),
            IsTrue(rule["enable_push"])
        );

    /// <summary>The branch's own rule. A pattern that governs it is not ours to narrow: a rule of its own would take what the pattern says away from it.</summary>
    private async Task<Result<JsonObject?>> ReadAsync(
        ForgeRepository on,
        RefName branch,
        CancellationToken cancellationToken
    )
    {
        var listed = await http.CallAsync(
            OutboundRequest.Get(Path(on, "/branch_protections"), $"read the branch protection of {on.FullName}"),
            GiteaFamilyJson.Default.ListJsonObject,
            cancellationToken
        );
        if (listed.Failed(out var problem))
            return problem;
        if (listed.Value.Find(rule => NameOf(rule) == branch.ShortName) is { } own)
            return own;
        if (!listed.Value.Exists(rule => NameOf(rule).IndexOfAny(Wild) >= 0))
            return Result.Of<JsonObject?>(null);
        var known = await http.CallAsync(
            OutboundRequest.Get(
                Path(on, OutboundPath.Of($"/branches/{branch.ShortName}")),
                $"read branch '{branch.ShortName}' of {on.FullName}"
            ),
            GiteaFamilyJson.Default.ApiBranch,
            cancellationToken
        );
        if (known.Failed(out var unread))
            return unread;
        return known.Value.Protected
            ? Problem.Conflict(
                $"{http.Subject}: branch '{branch.ShortName}' of {on.FullName} is protected by a rule for several branches, which Bascule leaves alone; "
                    + "give the branch a rule of its own at the forge and run `bascule connect`"
            )
            : Result.Of<JsonObject?>(null);
    }

    private Task<Result<Done>> AddAsync(
        ForgeRepository on,
        RefName branch,
        IReadOnlyList<string> contexts,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Post,
                Path(on, "/branch_protections"),
                $"protect branch '{branch.ShortName}' of {on.FullName}",
                new NewProtection(branch.ShortName, EnablePush: true, EnableStatusCheck: true, contexts),
                GiteaFamilyJson.Default.NewProtection
            ),
            cancellationToken
        );

    private Task<Result<Done>> ExtendAsync(
        ForgeRepository on,
        RefName branch,
        IReadOnlyList<string> contexts,
        CancellationToken cancellationToken
    ) =>
        http.CallAsync(
            OutboundRequest.Send(
                HttpMethod.Patch,
                Path(on, OutboundPath.Of($"/branch_protections/{branch.ShortName}")),
                $"extend the protection of branch '{branch.ShortName}' of {on.FullName}",
                new EditedProtection(EnableStatusCheck: true, contexts),
                GiteaFamilyJson.Default.EditedProtection
            ),
            cancellationToken
        );

    /// <summary>From 1.19 on rules have names of their own; before, they are named by their branch.</summary>
    private static string NameOf(JsonObject rule) =>
        Text(rule["rule_name"]) is { Length: > 0 } name ? name : Text(rule["branch_name"]) ?? "";

    private static string? Text(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static string Path(ForgeRepository on, string rest) =>
        OutboundPath.Of($"/api/v1/repos/{on.Owner}/{on.Name}") + rest;
}
