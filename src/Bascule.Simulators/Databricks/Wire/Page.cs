using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>One page of a list; its token is where the next one starts.</summary>
internal sealed record Page(IReadOnlyList<JsonObject> Items, string? NextToken)
{
    public JsonArray Json => [.. Items.Select(i => (JsonNode?)i)];

    /// <returns>Null when the token is none of ours.</returns>
    public static Page? Of<T>(IReadOnlyCollection<T> all, string? token, long size, Func<T, JsonObject> json)
    {
        var start = 0;
        if (
            !string.IsNullOrEmpty(token)
            && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start)
        )
            return null;
        var items = all.Skip(start).Take((int)size).Select(json).ToList();
        var next = start + items.Count;
        return new(items, next < all.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }
}
