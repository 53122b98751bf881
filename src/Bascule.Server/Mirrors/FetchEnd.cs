using System.Text.RegularExpressions;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>How a fetch ended, as far as git or the relay could say.</summary>
internal abstract record FetchEnd
{
    private FetchEnd() { }

    public sealed record Worked : FetchEnd;

    /// <summary>The forge does not have this one; git fetches nothing then.</summary>
    public sealed record MissingRef(RefName Name) : FetchEnd;

    /// <summary>The repository's objects are named by SHA-256, and the mirror's are not.</summary>
    public sealed record OtherFormat : FetchEnd;

    public sealed record Refused(Problem Problem) : FetchEnd;

    /// <summary>The mirror itself may be at fault.</summary>
    public sealed record Unexplained : FetchEnd;
}

/// <summary>
/// Reads the end of a fetch. What the relay saw comes first; git's messages only tell apart what is left. A forge that forges one of them
/// gains nothing: it may just as well say that a ref is missing.
/// </summary>
internal static partial class FetchMessages
{
    public static FetchEnd Read(GitOutput output, RelayTicket ticket, MirrorOptions options)
    {
        if (Shallow().IsMatch(output.Error)) // git leaves the ref as it was, and ends well
            return new FetchEnd.Refused(
                Problem.Invalid(
                    $"'{ticket.Repository.AbsolutePath}' is shallow at the forge: its history is cut off there"
                )
            );
        if (output.Worked)
            return new FetchEnd.Worked();
        if (ticket.Refusal is { } refusal)
            return new FetchEnd.Refused(refusal);
        if (output.End is not GitEnd.Exited)
            return new FetchEnd.Refused(TooSlow(ticket.Repository, options));
        if (Missing().Match(output.Error) is { Success: true } missing)
            return RefName.TryParse(missing.Groups["ref"].Value, out var name)
                ? new FetchEnd.MissingRef(name)
                : new FetchEnd.Unexplained();
        if (Format().IsMatch(output.Error))
            return new FetchEnd.OtherFormat();
        return WhyObjectsAreRefused(output.Error, ticket.Repository, options) is { } problem
            ? new FetchEnd.Refused(problem)
            : new FetchEnd.Unexplained();
    }

    public static Problem TooSlow(Uri repository, MirrorOptions options) =>
        Problem.Limited(
            $"'{repository.AbsolutePath}' was not fetched within {options.FetchTimeout.TotalSeconds:0} seconds; raise the mirrors' limit or make the repository smaller"
        );

    private static Problem? WhyObjectsAreRefused(string error, Uri repository, MirrorOptions options)
    {
        var path = repository.AbsolutePath;
        if (Malformed().Match(error) is { Success: true } bad)
            return Problem.Invalid(
                $"'{path}': object {bad.Groups["id"].Value} is refused ({bad.Groups["why"].Value}, see git fsck); rewrite the history that has it"
            );
        if (Allocation().IsMatch(error))
            return Problem.Exceeded(
                $"'{path}' has an object that needs more than {options.MaxObjectMemory} bytes of memory; raise the mirrors' limit or remove it"
            );
        if (Collision().IsMatch(error))
            return Problem.Invalid($"'{path}' has an object made for a SHA-1 collision; nothing of this fetch is used");
        return null;
    }

    private const RegexOptions Lines =
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex("^fatal: couldn't find remote ref (?<ref>refs/.+)$", Lines, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("^fatal: mismatched algorithms|^fatal: .*object format", Lines, 1000)]
    private static partial Regex Format();

    [GeneratedRegex("^error: object (?<id>[0-9a-f]{40,64}): (?<why>[A-Za-z0-9]+):", Lines, 1000)]
    private static partial Regex Malformed();

    [GeneratedRegex("^fatal: (attempting to allocate|Out of memory)", Lines, 1000)]
    private static partial Regex Allocation();

    [GeneratedRegex("^fatal: SHA-?1 (COLLISION|appears to be part of a collision)", Lines, 1000)]
    private static partial Regex Collision();

    [GeneratedRegex("^warning: rejected .* because shallow roots|shallow update not allowed", Lines, 1000)]
    private static partial Regex Shallow();
}
