using Bascule.Cli;
using Bascule.Cli.Commands;
using Bascule.Core.Api;
using Bascule.Core.Platforms;

namespace Bascule.EndToEnd.CommandLine;

public sealed class DriftTextTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static readonly DriftRecord Same = new()
    {
        Environment = "apis-prod",
        Forge = "git",
        Repository = "web/apis",
        Workflow = "publish",
        Run = "eftzg80a08",
        Commit = "9f3ac71b00000000000000000000000000000000",
        State = DriftState.None,
        ComparedAt = At,
        Total = 0,
        Differences = [],
    };

    private static readonly DriftRecord Found = Same with
    {
        State = DriftState.Found,
        Since = At.AddHours(-2),
        Total = 4,
        Differences =
        [
            new DifferenceRecord("apis/pets", DifferenceKind.Changed, ["serviceUrl", "operations"]),
            new DifferenceRecord("apis/pets/policies/policy", DifferenceKind.Added, []),
            new DifferenceRecord("namedValues/region", DifferenceKind.Removed, []),
        ],
    };

    private static readonly DriftRecord Unknown = Found with
    {
        State = DriftState.Unknown,
        Problem = "the service is away\u001b[2J",
    };

    [Fact]
    public void SaysWhatDiffersAndWhatToDo() =>
        Text(Found)
            .ShouldBe(
                """
                apis-prod: git:web/apis publish at 9f3ac71b, run eftzg80a08
                  4 not as deployed since 2026-11-21 06:00:00Z or before, compared 2026-11-21 08:00:00Z
                    ~ apis/pets changed: serviceUrl, operations
                    + apis/pets/policies/policy added
                    - namedValues/region removed
                    and 1 more
                To bring it back: push, or retry the run above with `bascule run retry`. To keep it: commit it as it is now.
                """
            );

    [Fact]
    public void SaysThatAllIsAsItWasDeployed() =>
        Text(Same).Split('\n')[1].ShouldBe("  as it was deployed, compared 2026-11-21 08:00:00Z");

    [Fact]
    [Trait("Threat", "T113")]
    public void NotKnowingIsSaidAsSuch() =>
        Text(Unknown)
            .Split('\n')[1]
            .ShouldBe("  not known: the service is away (last compared 2026-11-21 08:00:00Z, and then:)");

    [Fact]
    public void TheExitCodeTellsThemApart()
    {
        CodeOf().ShouldBe(ExitCodes.Success);
        CodeOf(Same).ShouldBe(ExitCodes.Success);
        CodeOf(Same, Unknown).ShouldBe(ExitCodes.Unavailable);
        CodeOf(Unknown, Found).ShouldBe(ExitCodes.Negative);
    }

    private static string Text(params DriftRecord[] records) => DriftCommand.Text(new DriftList(records));

    private static int CodeOf(params DriftRecord[] records) => DriftCommand.CodeOf(new DriftList(records));
}
