using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Workflows;

namespace Bascule.Core.Pushes;

/// <summary>Decides each ref of a push by itself, from its name and ids alone: before anything of its content is read.</summary>
public static class PushRules
{
    public const string NameRule = "git.ref_name";
    public const string ReservedRule = "git.reserved";
    public const string RepeatedRule = "git.repeated";
    public const string MovedRule = "git.moved";
    public const string NothingRule = "git.nothing";

    /// <param name="tips">Where the refs are at the forge now; one that is absent does not exist.</param>
    public static PushVerdict Decide(GitPass pass, Push push, IReadOnlyDictionary<RefName, CommitId> tips)
    {
        // Two names that differ in case only are one file on some forges' disks.
        var repeated = push
            .Commands.GroupBy(command => command.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new PushVerdict([
            .. push.Commands.Select(command => new RefVerdict(
                command,
                Decide(pass, push.Repository, command, repeated.Contains(command.Name), tips)
            )),
        ]);
    }

    private static Decision Decide(
        GitPass pass,
        RepositoryKey repository,
        RefCommand command,
        bool isRepeated,
        IReadOnlyDictionary<RefName, CommitId> tips
    )
    {
        if (!RefName.TryParse(command.Name, out var name))
            return Decision.Deny(NameRule, "the name is not one that Bascule takes; use plain letters and digits");
        if (!name.IsBranch && !name.IsTag)
            return Decision.Deny(
                ReservedRule,
                "only branches and tags are pushed through Bascule; push a branch and open a pull request at the forge"
            );
        if (isRepeated)
            return Decision.Deny(RepeatedRule, "the same ref comes twice in one push; push it once");
        return DecideByPass(pass, repository, name) ?? DecideByPlace(command, name, tips) ?? Allow(pass);
    }

    private static Decision? DecideByPass(GitPass pass, RepositoryKey repository, RefName name)
    {
        var policy = $"trust_policies.{pass.Policy}";
        if (pass.Repository != repository)
            return Decision.Deny($"{policy}.repository", "your token is for another repository; ask for one for this");
        if (!pass.Verbs.Contains(GitVerb.Push))
            return Decision.Deny(
                $"{policy}.verbs",
                $"policy '{pass.Policy}' does not let you push; ask for push under its verbs"
            );
        return pass.Refs.Allow(name)
            ? null
            : Decision.Deny(
                $"{policy}.refs",
                $"policy '{pass.Policy}' does not cover it; push to one of: {pass.Refs}, or ask for it under the policy's refs"
            );
    }

    /// <summary>The forge compares again when it moves the ref; here it spares everybody the reading of a push that cannot succeed.</summary>
    private static Decision? DecideByPlace(
        RefCommand command,
        RefName name,
        IReadOnlyDictionary<RefName, CommitId> tips
    )
    {
        if (command is { IsCreation: true, IsDeletion: true })
            return Decision.Deny(NothingRule, "it is neither there nor to be made; name an existing ref");
        var isThere = tips.TryGetValue(name, out var tip);
        return command.IsCreation switch
        {
            true when isThere => Decision.Deny(MovedRule, "it exists already; run git fetch and push again"),
            false when !isThere => Decision.Deny(MovedRule, "it does not exist (any more); run git fetch --prune"),
            false when tip != command.Before => Decision.Deny(
                MovedRule,
                "somebody has moved it in the meantime; run git fetch, merge or rebase, and push again"
            ),
            _ => null,
        };
    }

    private static Decision Allow(GitPass pass) =>
        Decision.Allow($"trust_policies.{pass.Policy}", $"policy '{pass.Policy}' lets this ref be pushed");
}
