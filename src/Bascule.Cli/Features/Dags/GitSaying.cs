using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>What git's messages mean, in the words of a refusal. A server that forges one of them gains nothing: the last good version stays either way.</summary>
internal static partial class GitSaying
{
    private const int MaxLength = 300;

    /// <summary>Its last line that says why.</summary>
    public static string Of(GitOutput output)
    {
        var lines = output.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fatal = lines.LastOrDefault(line => line.StartsWith("fatal: ", StringComparison.Ordinal));
        return UntrustedText.Line(fatal?["fatal: ".Length..] ?? lines.LastOrDefault() ?? "no reason given", MaxLength);
    }

    public static Problem Explain(GitOutput output, FollowOptions options)
    {
        var at = options.Address.Text;
        if (output.End is not GitEnd.Exited)
            return Problem.Unavailable($"{at} did not answer in time");
        if (Refused().IsMatch(output.Error))
            return Problem.Denied(
                $"{at} does not accept who asks; sign in with bascule login --server {options.Address.Server}, or name a --token-file that a trust policy accepts"
            );
        if (Unknown().IsMatch(output.Error))
            return Problem.NotFound($"there is no repository {at}, or it is not shown to you");
        if (Malformed().Match(output.Error) is { Success: true } bad)
            return Problem.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{at}: object {bad.Groups["id"].Value} is refused ({bad.Groups["why"].Value}, see git fsck); rewrite the history that has it"
                )
            );
        return Problem.Unavailable($"{at} cannot be fetched: {Of(output)}");
    }

    private const RegexOptions Lines =
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex("could not read (Username|Password)|Authentication failed|returned error: 40[13]", Lines, 1000)]
    private static partial Regex Refused();

    [GeneratedRegex(
        "^fatal: repository '.*' not found|returned error: 404|does not appear to be a git repository",
        Lines,
        1000
    )]
    private static partial Regex Unknown();

    [GeneratedRegex("^error: object (?<id>[0-9a-f]{40,64}): (?<why>[A-Za-z0-9]+):", Lines, 1000)]
    private static partial Regex Malformed();
}
