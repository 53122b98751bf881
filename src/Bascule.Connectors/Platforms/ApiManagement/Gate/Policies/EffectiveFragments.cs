namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>
/// Which elements take effect where they stand or where a fragment brings them, however often and in whatever circle fragments include each other: each is looked at once for each that includes it.
/// </summary>
/// <param name="policies">All that were read; fragments are taken from among them.</param>
/// <param name="wanted">The names that are asked for; no others are kept.</param>
internal sealed class EffectiveFragments(IReadOnlyList<PolicyDocument> policies, IReadOnlyList<string> wanted)
{
    private readonly Dictionary<string, PolicyDocument> _fragments = policies
        .Where(policy => policy.Level is PolicyLevel.Fragment)
        .ToDictionary(policy => policy.Resource.Address.Name, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, (List<string> Names, List<string> Included)> _direct = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <param name="holder">A section of a policy. What stands inside an element that may pass over it does not count.</param>
    public HashSet<string> NamesIn(PolicyElement holder)
    {
        var (names, included) = Direct(holder);
        var effective = names.ToHashSet();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Queue<string>(included);
        while (waiting.TryDequeue(out var id))
        {
            if (!seen.Add(id) || !_fragments.TryGetValue(id, out var fragment))
                continue;
            if (!_direct.TryGetValue(id, out var direct))
                _direct[id] = direct = Direct(fragment.Top);
            effective.UnionWith(direct.Names);
            direct.Included.ForEach(waiting.Enqueue);
        }
        return effective;
    }

    private (List<string> Names, List<string> Included) Direct(PolicyElement holder) =>
        (
            [
                .. holder
                    .Children.Where(child => wanted.Contains(child.Name) && !IsWeakened(child))
                    .Select(child => child.Name)
                    .Distinct(),
            ],
            [
                .. holder
                    .Children.Where(child => child.Name == PolicyWords.IncludeFragment)
                    .Select(child => child["fragment-id"])
                    .OfType<string>()
                    .Distinct(),
            ]
        );

    /// <summary>Attributes that let through what the element is there to stop.</summary>
    private static bool IsWeakened(PolicyElement element) =>
        element.Texts.Any(text =>
            text.Name.ToLowerInvariant() switch
            {
                "require-signed-tokens" or "require-expiration-time" => !Says(text, "true"),
                "ignore-error" => !Says(text, "false"),
                _ => false,
            }
        );

    private static bool Says(PolicyText text, string word) =>
        string.Equals(text.Value.Trim(), word, StringComparison.OrdinalIgnoreCase);
}
