using System.Globalization;

namespace Bascule.Connectors.Platforms.ApiManagement.Resources;

/// <summary>The name of one revision of an API: <c>petstore;rev=2</c>.</summary>
public static class RevisionName
{
    private const string Mark = ";rev=";

    public static string Of(string api, int revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{api}{Mark}{revision}");

    /// <summary>The API's own name.</summary>
    public static string ApiOf(string name) =>
        name.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? name[..at] : name;

    /// <summary>Null for the API itself, which is its current revision, and for what is no number.</summary>
    public static int? NumberOf(string name) =>
        name.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at
        && int.TryParse(name.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
