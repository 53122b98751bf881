using Bascule.Core.Forges;

namespace Bascule.Core.Pushes;

/// <summary>One <c>git push</c>: what a client asks to have done with the refs of one repository.</summary>
public sealed record Push(RepositoryKey Repository, IReadOnlyList<RefCommand> Commands);

/// <summary>One ref of a push, as the client writes it: nothing here has been judged.</summary>
/// <param name="Name">Whatever was sent; see <see cref="RefName"/> for what is taken.</param>
/// <param name="Before">Where the client believes the ref to be; zero when it is to be made.</param>
/// <param name="After">A commit, or the object of an annotated tag; zero when the ref is to go.</param>
public sealed record RefCommand(string Name, CommitId Before, CommitId After)
{
    public bool IsCreation => Before.IsZero;

    public bool IsDeletion => After.IsZero;
}
