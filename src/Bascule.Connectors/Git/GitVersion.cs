using System.Text;
using System.Text.RegularExpressions;
using Bascule.Core;

namespace Bascule.Connectors.Git;

/// <summary>Says clearly that git is too old, instead of failing later on an option that it does not know.</summary>
public sealed partial class GitVersion(GitCommand git)
{
    /// <summary>The first with <c>cat-file --batch-command</c>.</summary>
    private static readonly Version Oldest = new(2, 36);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private bool _fine;

    public async Task<Problem?> CheckAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _fine))
            return null;
        var call = new GitCall(Path.GetTempPath(), ["version"]) { Timeout = Limit };
        var output = await git.RunAsync(call, CancellationToken.None, cancellationToken);
        var text = Encoding.ASCII.GetString(output.Bytes);
        Volatile.Write(ref _fine, Read(text) >= Oldest);
        return _fine
            ? null
            : Problem.Unavailable($"'{UntrustedText.Line(text, 60)}' is too old; install git {Oldest} or newer");
    }

    public static Version? Read(string text) =>
        Number().Match(text) is { Success: true } number ? Version.Parse(number.Value) : null;

    [GeneratedRegex("(?<=^git version )[0-9]{1,4}[.][0-9]{1,4}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
