using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

/// <summary>How far a run's approvals have come: decided anew from what is stored whenever it matters, last before the run starts.</summary>
/// <param name="Counting">One for each person.</param>
/// <param name="Ignored">Those that are not void and do not count, with the reason.</param>
/// <param name="ProofMissing">The environment demands proven content, no approval that counts was given at Bascule, and no signature proves it.</param>
public sealed record ApprovalStanding(
    int Required,
    IReadOnlyList<Approval> Counting,
    IReadOnlyList<(Approval Approval, string Because)> Ignored,
    bool ProofMissing
)
{
    /// <summary>Whose signature proves the content, where the environment demands proof; null when none does.</summary>
    public ProvenBy? ProvenBy { get; init; }

    public int Missing => Math.Max(0, Required - Counting.Count);

    public bool IsApproved => Missing == 0 && !ProofMissing;

    public static ApprovalStanding Of(ApprovalCount count)
    {
        var counting = new List<Approval>();
        var ignored = new List<(Approval, string)>();
        foreach (var approval in count.Given.Where(approval => !approval.IsVoid))
        {
            if (WhyNot(approval, count) is { } because)
                ignored.Add((approval, because));
            else if (counting.TrueForAll(other => other.PersonUid != approval.PersonUid))
                counting.Add(approval);
        }
        var proven = count.Proof is not null || counting.Exists(approval => approval.Source == ApprovalSource.Bascule);
        return new ApprovalStanding(count.Policy.Required, counting, ignored, count.DemandsProven && !proven)
        {
            ProvenBy = count.Proof,
        };
    }

    private static string? WhyNot(Approval approval, ApprovalCount count)
    {
        if (count.Request is not { } request || approval.Generation != request.Generation)
            return "it answers an earlier request";
        if (approval.Thing != ApprovedThing.Of(count.Run))
            return "it is for something else";
        if (count.Now - approval.At > count.Policy.Within)
            return "it is too old";
        if (count.Policy.Window is { } window && !window.Contains(approval.At))
            return $"it was not given within {window}";
        if (approval.Source == ApprovalSource.Review && !count.Policy.ForgeReviews)
            return "reviews at the forge do not count any more";
        if (!count.People.TryGetValue(approval.PersonUid, out var person) || person.RetiredAt is not null)
            return "the person is retired";
        return person.Type == ActorType.Human && count.Policy.From.Any(selector => selector.Matches(AsActor(person)))
            ? null
            : "the person may not approve any more";
    }

    private static Actor AsActor(Person person) =>
        new(person.Type, person.Uid) { Subject = person.Subject, Groups = person.Groups };
}

/// <summary>What the count is made from.</summary>
/// <param name="People">Whoever gave one, as they are known now; those that are not known any more are absent.</param>
public sealed record ApprovalCount(
    Run Run,
    ApprovalRequest? Request,
    IReadOnlyList<Approval> Given,
    ApprovalPolicy Policy,
    IReadOnlyDictionary<string, Person> People,
    DateTimeOffset Now
)
{
    public bool DemandsProven { get; init; }

    /// <summary>Something else than an approval proves the content: see <see cref="ICommitProof"/>.</summary>
    public ProvenBy? Proof { get; init; }
}
