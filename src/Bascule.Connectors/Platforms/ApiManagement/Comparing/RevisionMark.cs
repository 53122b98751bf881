using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>
/// What Bascule writes as the description of a revision that it makes, at most 256 characters: whose it is, and which document its operations come from. The
/// service gives a document back in its own words, so that it cannot be compared itself.
/// </summary>
internal static class RevisionMark
{
    private const string Start = "bascule ";
    private const string Document = " document ";

    /// <param name="owner">The run's key, or what stands for it in a plan.</param>
    public static string Of(string owner, string commit, string? document) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start}{owner} commit {commit}{(document is null ? "" : Document + document)}"
        );

    /// <summary>Whether this revision was made for that run.</summary>
    public static bool IsOf(JsonObject api, string owner) =>
        DescriptionOf(api).StartsWith($"{Start}{owner} ", StringComparison.Ordinal);

    /// <summary>Null when the revision was not made by Bascule, or has none.</summary>
    public static string? DocumentOf(JsonObject api)
    {
        var text = DescriptionOf(api);
        var at = text.LastIndexOf(Document, StringComparison.Ordinal);
        return text.StartsWith(Start, StringComparison.Ordinal) && at >= 0 ? text[(at + Document.Length)..] : null;
    }

    /// <summary>SHA-256 of format and text, 64 lower-case hex digits.</summary>
    public static string DigestOf(ApiSpecification specification) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{specification.Format}\n{specification.Text}"))
        );

    private static string DescriptionOf(JsonObject api) => api["apiRevisionDescription"]?.ToString() ?? "";
}
