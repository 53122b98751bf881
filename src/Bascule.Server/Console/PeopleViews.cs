using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Accounts;

namespace Bascule.Server.Console;

/// <summary>Everybody who is known here, and the rules that give roles.</summary>
public sealed record PeopleView(IReadOnlyList<PersonRow> People, IReadOnlyList<RoleRule> Rules);

/// <param name="Accounts">At forges: which, and how it was proven.</param>
public sealed record PersonRow(Person Person, IReadOnlyList<HeldRole> Roles, IReadOnlyList<string> Accounts);

/// <param name="Acts">What the roles decide on each act for the whole installation, and whether it is allowed somewhere at least.</param>
public sealed record PersonView(
    PersonRow Row,
    IReadOnlyList<(Act Act, ExplanationRecord Explanation, bool Somewhere)> Acts
)
{
    public IReadOnlyList<LinkedAccount> Links { get; init; } = [];
}

/// <summary>Somebody who is known and may not do what they asked for.</summary>
/// <param name="HowToGet">Who can give one.</param>
public sealed record DeniedView(RoleDecision Decision, string HowToGet);
