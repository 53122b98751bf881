using Bascule.Core.Forges;

namespace Bascule.Core.Workflows;

/// <summary>What a matched workflow asks of the server.</summary>
/// <param name="Environment">The environment that the workflow names.</param>
/// <param name="PlatformKind">The kind of the workflow's platform block.</param>
/// <param name="Forge">The connection's name in the settings.</param>
/// <param name="Repository">owner/name of the base repository, as the forge calls it now.</param>
public abstract record GrantRequest(string Environment, string PlatformKind, string Forge, string Repository);

/// <summary>To run what a ref was moved to; one request for each ref that moved (THREATS T60).</summary>
public sealed record PushGrantRequest(
    string Environment,
    string PlatformKind,
    string Forge,
    string Repository,
    RefName Ref
) : GrantRequest(Environment, PlatformKind, Forge, Repository);

/// <summary>To run the head of a pull request before it is merged.</summary>
public sealed record PullRequestGrantRequest(
    string Environment,
    string PlatformKind,
    string Forge,
    string Repository,
    RefName Base,
    bool FromFork
) : GrantRequest(Environment, PlatformKind, Forge, Repository);

/// <summary>Decides what the server grants. Denies by default; a repository's own file can only ask for less than this.</summary>
public sealed class Grants(IReadOnlyList<EnvironmentRule> environments)
{
    public Decision Decide(GrantRequest request)
    {
        var rule = environments.FirstOrDefault(environment => environment.Name == request.Environment);
        if (rule is null)
            return UnknownEnvironment(request);
        if (!Takes(rule, request))
            return Deny(rule, "repositories", $"does not take repository '{request.Forge}:{request.Repository}'");
        if (rule.PlatformKind != request.PlatformKind)
            return Deny(
                rule,
                "platform",
                $"is on {rule.PlatformKind}, the workflow is written for {request.PlatformKind}",
                "name another environment in the workflow"
            );
        return request switch
        {
            PushGrantRequest push => DecidePush(rule, push),
            PullRequestGrantRequest pullRequest => DecidePullRequest(rule, pullRequest),
            _ => Deny(rule, "repositories", "does not know this kind of request"),
        };
    }

    private static Decision DecidePush(EnvironmentRule rule, PushGrantRequest push)
    {
        if (!push.Ref.IsBranch)
            return Deny(rule, "branches", $"does not take '{push.Ref}', which is not a branch", "push a branch");
        var branch = push.Ref.ShortName;
        if (rule.Branches.Any(glob => glob.IsMatch(branch)))
            return Allow(rule, "branches", $"branch '{branch}'");
        var allowed = rule.Branches.Count == 0 ? "none" : string.Join(", ", rule.Branches);
        return Deny(
            rule,
            "branches",
            $"does not take branch '{branch}'; allowed: {allowed}",
            $"ask an operator to widen {rule.Key}.branches"
        );
    }

    private static Decision DecidePullRequest(EnvironmentRule rule, PullRequestGrantRequest pullRequest)
    {
        if (pullRequest.FromFork)
            return Deny(
                rule,
                "pull_requests",
                "never takes heads from forks",
                "push the branch to the repository itself"
            );
        if (!rule.PullRequests)
            return Deny(
                rule,
                "pull_requests",
                "does not take pull requests",
                "name another environment in the workflow, or none for a plan only"
            );
        return Allow(rule, "pull_requests", $"pull requests into '{pullRequest.Base.ShortName}'");
    }

    /// <summary>Names only what this repository may know of.</summary>
    private Decision UnknownEnvironment(GrantRequest request)
    {
        var open = environments.Where(rule => Takes(rule, request)).Select(rule => rule.Name).ToList();
        var remedy =
            open.Count == 0 ? "ask an operator for one" : $"open to this repository: {string.Join(", ", open)}";
        return Decision.Deny("environments", $"there is no environment '{request.Environment}'; {remedy}");
    }

    private static bool Takes(EnvironmentRule rule, GrantRequest request) =>
        rule.Repositories.Any(pattern => pattern.IsMatch(request.Forge, request.Repository));

    private static Decision Allow(EnvironmentRule rule, string key, string what) =>
        Decision.Allow($"{rule.Key}.{key}", $"environment '{rule.Name}' takes {what}");

    private static Decision Deny(EnvironmentRule rule, string key, string what, string? remedy = null) =>
        Decision.Deny(
            $"{rule.Key}.{key}",
            $"environment '{rule.Name}' {what}; {remedy ?? $"ask an operator to widen {rule.Key}.{key}"}"
        );
}
