using Bascule.Core.People;

namespace Bascule.Core.Tests.Docs;

/// <summary>Keeps the table that people read and the table that decides together.</summary>
public sealed class RolePageTests
{
    [Fact]
    public void EveryActAndRoleOnThePageIsAsTheTableHasIt()
    {
        var rows = ProjectFiles
            .Read("docs/operations/people.md")
            .Split('\n')
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())
            .ToList();
        var roles = rows[0][1..^1];
        var acts = rows.Where(row => ActWords.All.Any(act => row[0].EndsWith($"(`{act}`)", StringComparison.Ordinal)))
            .ToList();

        acts.Count.ShouldBe(ActWords.All.Count);
        foreach (var row in acts)
        {
            var act = Enum.GetValues<Act>()
                .Single(one => row[0].EndsWith($"(`{one.Write()}`)", StringComparison.Ordinal));
            var allowing = roles.Where((_, at) => row[at + 1].Length > 0);
            allowing.ShouldBe(
                Enum.GetValues<Role>()
                    .Where(role => RoleTable.Allows(role, act))
                    .Select(role => role.ToString().ToLowerInvariant()),
                row[0]
            );
            (row[^1].Length > 0).ShouldBe(RoleTable.AllowsLocalOperator(act), row[0]);
        }
    }
}
