using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>How refs of a forge are called in a mirror and in git's listings.</summary>
internal static class MirrorRefs
{
    private const string Peeled = "^{}";

    /// <summary>By the hash of its name: no file name comes from a ref (THREATS T64), and <c>a</c> and <c>a/b</c> can both exist over time.</summary>
    public static string Local(RefName name) =>
        "refs/bascule/at/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString())));

    public static string Refspec(RefName name) => $"+{name}:{Local(name)}";

    /// <summary>Under its own id: what is had already need not be sent again.</summary>
    public static string Refspec(CommitId commit) => $"+{commit}:refs/bascule/commit/{commit}";

    /// <summary>Reads <c>git ls-remote</c>: branches, pull-request heads, and tags at the commit that they name. Refs whose names we refuse are left out.</summary>
    public static Result<IReadOnlyDictionary<RefName, CommitId>> Read(string listing, int max)
    {
        var refs = new Dictionary<RefName, CommitId>();
        foreach (var line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is not [var hex, var text] || !CommitId.TryParse(hex, out var id))
                return Problem.Unavailable("the forge's list of refs is malformed");
            var plain = text.EndsWith(Peeled, StringComparison.Ordinal) ? text[..^Peeled.Length] : text;
            if (!RefName.TryParse(plain, out var name) || !IsOfInterest(name))
                continue;
            refs[name] = id; // the peeled line follows that of its tag
            if (refs.Count > max)
                return Problem.Exceeded(
                    $"the repository has more than {max} branches, tags and pull requests; raise the mirrors' limit"
                );
        }
        return Result.Of<IReadOnlyDictionary<RefName, CommitId>>(refs);
    }

    private static bool IsOfInterest(RefName name) =>
        name.IsBranch
        || name.IsTag
        || name.ToString().Split('/') is ["refs", "pull", var number, "head"] && number.All(char.IsAsciiDigit);
}
