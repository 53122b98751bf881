using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges;

/// <summary>How one branch is protected, field by field as the forge shows it.</summary>
internal sealed class BranchRule(string branch, DateTimeOffset now)
{
    /// <summary>What a caller may set, in the order in which the forge shows it, as it is unless somebody sets it.</summary>
    private static readonly (string Name, string Default)[] Settable =
    [
        ("enable_push", "false"),
        ("enable_push_whitelist", "false"),
        ("push_whitelist_usernames", "[]"),
        ("push_whitelist_teams", "[]"),
        ("push_whitelist_deploy_keys", "false"),
        ("enable_merge_whitelist", "false"),
        ("merge_whitelist_usernames", "[]"),
        ("merge_whitelist_teams", "[]"),
        ("enable_status_check", "false"),
        ("status_check_contexts", "[]"),
        ("required_approvals", "0"),
        ("enable_approvals_whitelist", "false"),
        ("approvals_whitelist_username", "[]"),
        ("approvals_whitelist_teams", "[]"),
        ("block_on_rejected_reviews", "false"),
        ("block_on_official_review_requests", "false"),
        ("block_on_outdated_branch", "false"),
        ("dismiss_stale_approvals", "false"),
        ("require_signed_commits", "false"),
        ("protected_file_patterns", "\"\""),
        ("unprotected_file_patterns", "\"\""),
    ];

    public static IReadOnlyDictionary<string, string> Defaults { get; } =
        Settable.ToDictionary(field => field.Name, field => field.Default, StringComparer.Ordinal);

    public string Branch { get; } = branch;

    public DateTimeOffset Created { get; } = now;

    public DateTimeOffset Updated { get; set; } = now;

    public JsonObject Fields { get; } =
        new(Settable.Select(field => KeyValuePair.Create(field.Name, JsonNode.Parse(field.Default))));

    public bool TakesPushes => Fields["enable_push"]!.GetValue<bool>();

    public IReadOnlyList<string> Required =>
        Fields["enable_status_check"]!.GetValue<bool>()
            ? [.. Fields["status_check_contexts"]!.AsArray().Select(context => context!.GetValue<string>())]
            : [];
}
