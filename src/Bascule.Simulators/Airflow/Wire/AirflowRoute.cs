namespace Bascule.Simulators.Airflow.Wire;

/// <summary>One operation: who may call it, what it takes, and who answers.</summary>
/// <param name="Path">Below the API's base, with parts in braces.</param>
/// <param name="Queries">Query parameters that are understood; others of the real API are refused aloud, so that no test builds on them.</param>
internal sealed record AirflowRoute(
    string Method,
    string Path,
    AirflowRole Role,
    string[] Queries,
    Func<AirflowRequest, AirflowReply> Answer
)
{
    /// <summary>Null when it takes no body.</summary>
    public BodyField[]? Fields { get; init; }

    public string[] Required { get; init; } = [];

    /// <summary>Null when the path is another's.</summary>
    public Dictionary<string, string>? Match(string path)
    {
        var (own, given) = (Path.Split('/'), path.Split('/'));
        if (own.Length != given.Length)
            return null;
        var parts = new Dictionary<string, string>();
        foreach (var (segment, text) in own.Zip(given))
            if (segment.StartsWith('{') && text.Length > 0)
                parts[segment[1..^1]] = text;
            else if (segment != text)
                return null;
        return parts;
    }
}
