using Bascule.Core.Forges;
using Bascule.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Runs;

[Trait("Threat", "T133")]
public sealed class IdempotencyKeyTests
{
    private static readonly RefName Main = RefName.Parse("refs/heads/main");

    [Fact]
    public void IsTheSameForTheSameRunInEveryVersion() =>
        Derive().Hex.ShouldBe("06b49a1b3f24ed4448b3617379717b79235f1089d9356dcb8687d870076c3e63");

    [Fact]
    public void FitsDatabricksAndIsHex()
    {
        Derive().Hex.Length.ShouldBe(64);
        Derive().Hex.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public void EachPartMakesAnotherKey()
    {
        IdempotencyKey[] keys =
        [
            Derive(),
            Derive(epoch: 2),
            Derive(forge: "f-2"),
            Derive(repository: 8),
            Derive(generation: 2),
            Derive(commit: 'b'),
            Derive(workflow: "lint"),
            Derive(environment: "ml-dev"),
            Derive(ordinal: 1),
        ];

        keys.ShouldBeUnique();
    }

    [Fact]
    [Trait("Threat", "T42")]
    public void PartsNeverRunIntoEachOther()
    {
        Derive(workflow: "ab", environment: "c").ShouldNotBe(Derive(workflow: "a", environment: "bc"));
        Derive(workflow: "", environment: "x").ShouldNotBe(Derive(workflow: "x", environment: ""));
        Prop.ForAll<NonNull<string>, NonNull<string>, NonNull<string>>(
                (one, two, three) =>
                    two.Get.Length == 0
                    || Derive(workflow: one.Get + two.Get, environment: three.Get)
                        != Derive(workflow: one.Get, environment: two.Get + three.Get)
            )
            .QuickCheckThrowOnFailure();
    }

    private static IdempotencyKey Derive(
        long epoch = 1,
        string forge = "f-1",
        long repository = 7,
        long generation = 1,
        char commit = 'a',
        string workflow = "churn",
        string environment = "ml-prod",
        int ordinal = 0
    ) =>
        IdempotencyKey.Derive(
            epoch,
            new RepositoryKey(forge, repository),
            Trigger.Ref(Main, generation),
            CommitId.Parse(new string(commit, 40)),
            workflow,
            environment,
            ordinal
        );
}
