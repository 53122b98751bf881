using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Airflow.Wire;

/// <summary>A request on its way to who answers it.</summary>
internal sealed record AirflowRequest(
    AirflowUser User,
    Dictionary<string, string> Parts,
    IQueryCollection Query,
    JsonElement Body,
    string Accept
)
{
    private const int LargestPage = 100;

    public string Part(string name) => Parts[name];

    public string? Asked(string name) => Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>One page of a list; the server's <c>maximum_page_limit</c> cuts what is asked for.</summary>
    public IEnumerable<T> Page<T>(IEnumerable<T> all, int defaultLimit) =>
        all.Skip(Number("offset") ?? 0).Take(int.Min(Number("limit") ?? defaultLimit, LargestPage));

    private int? Number(string name) =>
        Asked(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
