using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Text;

namespace Bascule.Core.Runs;

/// <summary>What somebody asks to see of the runs, as written in an address or on a command line. Null does not narrow.</summary>
/// <param name="Repository">owner/name, or a <see cref="RepositoryKey"/>.</param>
/// <param name="State">As <see cref="RunStateWords"/> writes it.</param>
/// <param name="Ref">A full ref name, or a branch.</param>
/// <param name="Before">A run's id: the page after that run.</param>
public sealed record RunQuery(
    string? Repository = null,
    string? Workflow = null,
    string? State = null,
    string? Ref = null,
    string? PullRequest = null,
    string? Commit = null,
    string? Before = null,
    string? Limit = null
)
{
    public const int MaxLimit = 500;
    private const int DefaultLimit = 50;
    private const int MaxShown = 100;

    /// <summary>Invalid when a part is malformed or a repository's name is ambiguous, NotFound when no such repository is known.</summary>
    /// <param name="within">What may be seen; null for everything. A repository outside of it is not known.</param>
    public async Task<Result<RunFilter>> ToFilterAsync(
        IRepositoryStore repositories,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        if (Parse(out var filter) is { } problem)
            return problem;
        filter = filter with { Within = within };
        if (string.IsNullOrEmpty(Repository))
            return filter;
        var repository = await FindRepositoryAsync(repositories, within, cancellationToken);
        return repository.Failed(out var unknown) ? unknown : filter with { Repository = repository.Value };
    }

    private Problem? Parse(out RunFilter filter)
    {
        filter = new RunFilter(Workflow: string.IsNullOrEmpty(Workflow) ? null : Workflow, Limit: DefaultLimit);
        if (!string.IsNullOrEmpty(State))
        {
            if (!RunStateWords.TryParse(State, out var state))
                return Malformed("state", State, $"one of {string.Join(", ", RunStateWords.All)}");
            filter = filter with { State = state };
        }
        if (!string.IsNullOrEmpty(Ref))
        {
            if (!RefName.TryParse(Ref, out var name) && !RefName.TryBranch(Ref, out name))
                return Malformed("ref", Ref, "a branch, or a full name such as refs/tags/v1");
            filter = filter with { Ref = name };
        }
        if (!string.IsNullOrEmpty(PullRequest))
        {
            if (!TryNumber(PullRequest, long.MaxValue, out var number))
                return Malformed("pull_request", PullRequest, "a pull request's number");
            filter = filter with { PullRequest = number };
        }
        if (!string.IsNullOrEmpty(Commit))
        {
            if (!CommitId.TryParse(Commit, out var commit))
                return Malformed("commit", Commit, "a full commit id");
            filter = filter with { Commit = commit };
        }
        if (!string.IsNullOrEmpty(Before))
        {
            if (!RunId.IsWellFormed(Before))
                return Malformed("before", Before, "a run's id");
            filter = filter with { Before = new RunId(Before) };
        }
        if (!string.IsNullOrEmpty(Limit))
        {
            if (!TryNumber(Limit, MaxLimit, out var limit))
                return Malformed("limit", Limit, $"a number from 1 to {MaxLimit}");
            filter = filter with { Limit = (int)limit };
        }
        return null;
    }

    private async Task<Result<RepositoryKey>> FindRepositoryAsync(
        IRepositoryStore repositories,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var all = await repositories.ListAsync(cancellationToken);
        var seen = within is null ? all : all.Where(known => within.Any(reach => reach.Holds(known.Key)));
        var found = seen.Where(known =>
                known.Key.ToString() == Repository
                || string.Equals(known.Repository.FullName, Repository, StringComparison.OrdinalIgnoreCase)
            )
            .Select(known => known.Key)
            .ToList();
        return found switch
        {
            [var one] => one,
            [] => Problem.NotFound(
                $"no repository '{PlainText.Line(Repository, MaxShown)}' is known; write owner/name"
            ),
            _ => Problem.Invalid(
                $"{found.Count} forges have a repository '{PlainText.Line(Repository, MaxShown)}'; write one of {string.Join(", ", found)}"
            ),
        };
    }

    private static bool TryNumber(string text, long max, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0 && number <= max;

    private static Problem Malformed(string part, string text, string wanted) =>
        Problem.Invalid($"{part} '{PlainText.Line(text, MaxShown)}' is not understood; write {wanted}");
}
