using Bascule.Core.Runs;

namespace Bascule.Client;

/// <summary>Writes a <see cref="RunQuery"/> as the server reads it.</summary>
internal static class QueryText
{
    public static string Of(RunQuery query)
    {
        (string Name, string? Value)[] all =
        [
            ("repository", query.Repository),
            ("workflow", query.Workflow),
            ("state", query.State),
            ("ref", query.Ref),
            ("pull_request", query.PullRequest),
            ("commit", query.Commit),
            ("before", query.Before),
            ("limit", query.Limit),
        ];
        var written = all.Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}");
        return string.Join('&', written) is { Length: > 0 } text ? "?" + text : "";
    }
}
