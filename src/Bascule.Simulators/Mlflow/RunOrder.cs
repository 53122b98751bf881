using System.Text.RegularExpressions;

namespace Bascule.Simulators.Mlflow;

/// <summary><c>order_by</c> of a run search; runs without the value come last, then the newest first.</summary>
internal sealed partial class RunOrder
{
    private readonly List<(string Entity, string Key, bool Descending)> _keys = [];

    public static RunOrder? Parse(IReadOnlyList<string> texts)
    {
        var order = new RunOrder();
        foreach (var text in texts)
        {
            var match = Key().Match(text);
            if (!match.Success)
                return null;
            var entity = match.Groups["entity"].Value.ToLowerInvariant() is { Length: > 0 } given
                ? given
                : "attributes";
            var descending = string.Equals(match.Groups["order"].Value, "DESC", StringComparison.OrdinalIgnoreCase);
            order._keys.Add((entity, match.Groups["key"].Value, descending));
        }
        return order;
    }

    public IEnumerable<TrackedRun> Sort(IEnumerable<TrackedRun> runs)
    {
        var sorted = runs.OrderBy(_ => 0);
        foreach (var (entity, key, descending) in _keys)
        {
            sorted = sorted.ThenBy(r => RunValues.LookUp(r, entity, key) is null);
            sorted = descending
                ? sorted.ThenByDescending(r => RunValues.LookUp(r, entity, key))
                : sorted.ThenBy(r => RunValues.LookUp(r, entity, key));
        }
        return sorted.ThenByDescending(r => r.StartTime);
    }

    [GeneratedRegex(
        """^\s*(?:(?<entity>attributes?|metrics?|params?|tags?)\.)?(?:`(?<key>[^`]+)`|"(?<key>[^"]+)"|(?<key>[\w./-]+))(?:\s+(?<order>ASC|DESC))?\s*\z""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Key();
}
