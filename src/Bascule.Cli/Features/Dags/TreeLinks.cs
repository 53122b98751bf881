using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Cli.Features.Dags;

/// <summary>
/// Follows every symbolic link of a tree as the kernel would, other links on the way too, before any is made: none may lead out of the tree (THREATS T67, T129).
/// Counting <c>..</c> alone would not do, because behind a link <c>..</c> is somewhere else.
/// </summary>
internal sealed class TreeLinks
{
    /// <summary>As many as Linux follows.</summary>
    private const int MostHops = 40;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, TreeEntryKind?> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);

    private TreeLinks(IEnumerable<TreeLeaf> leaves)
    {
        foreach (var leaf in leaves)
        {
            _nodes[leaf.Path] = leaf.Kind;
            for (var slash = leaf.Path.LastIndexOf('/'); slash > 0; slash = leaf.Path.LastIndexOf('/', slash - 1))
                _nodes[leaf.Path[..slash]] = null;
        }
    }

    /// <summary>Each link's path and target.</summary>
    /// <param name="leaves">All of the tree.</param>
    /// <param name="links">Those that are links, with the bytes of their targets.</param>
    public static Result<IReadOnlyDictionary<string, string>> Read(
        IEnumerable<TreeLeaf> leaves,
        IEnumerable<(TreeLeaf Leaf, byte[] Target)> links
    )
    {
        var tree = new TreeLinks(leaves);
        foreach (var (leaf, bytes) in links)
        {
            if (Decode(bytes) is not { } target)
                return Refuse(leaf.Path, "has a target that is no plain relative path");
            tree._targets[leaf.Path] = target;
        }
        foreach (var link in tree._targets.Keys)
            if (tree.WhyRefused(link) is { } why)
                return Refuse(link, why);
        return tree._targets;
    }

    /// <summary>Null for a target that is empty, absolute, no UTF-8, or has control characters.</summary>
    private static string? Decode(byte[] bytes)
    {
        try
        {
            var target = Strict.GetString(bytes);
            return target.Length == 0 || target[0] == '/' || target.Any(char.IsControl) ? null : target;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private string? WhyRefused(string link)
    {
        var at = new List<string>(link.Split('/')[..^1]);
        var left = new Stack<string>(_targets[link].Split('/').Reverse());
        for (var hops = 1; left.TryPop(out var name); )
        {
            if (name is "" or ".")
                continue;
            if (name == "..")
            {
                if (at.Count == 0)
                    return "leads out of the repository";
                at.RemoveAt(at.Count - 1);
                continue;
            }
            at.Add(name);
            var path = string.Join('/', at);
            if (_targets.TryGetValue(path, out var further))
            {
                if (++hops > MostHops)
                    return "leads in a circle";
                at.RemoveAt(at.Count - 1);
                foreach (var part in further.Split('/').Reverse())
                    left.Push(part);
            }
            else if (!_nodes.TryGetValue(path, out var kind) || kind is not null)
            {
                // Nothing is there, or no folder: the kernel goes no further. What somebody puts there later must not change where it leads.
                return left.Contains("..") ? "goes back from where nothing is" : null;
            }
        }
        return null;
    }

    private static Problem Refuse(string link, string why) =>
        Problem.Invalid(
            $"the symbolic link '{UntrustedText.Line(link, 300)}' {why}; links must stay inside the repository"
        );
}
