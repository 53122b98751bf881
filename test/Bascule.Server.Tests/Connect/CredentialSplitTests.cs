using Bascule.Core.Api;
using Bascule.Core.Platforms;
using Bascule.Server.Connect;

namespace Bascule.Server.Tests.Connect;

/// <summary>Entra takes 20 federated credentials for one application.</summary>
public sealed class CredentialSplitTests
{
    [Fact]
    [Trait("Threat", "T142")]
    public void EnvironmentsThatAnAccountDoesNotTakeGetOneOfTheirOwn()
    {
        var notes = CredentialSplit.Of(Environments(5, "app", most: 2)).ToList();

        var note = notes.ShouldHaveSingleItem();
        (note.Kind, note.Subject).ShouldBe((FindingKind.Bad, "account app"));
        note.Text.ShouldContain("keep on it: env1, env2; ");
        note.Text.ShouldContain("connection 2 with an account of its own: env3, env4; ");
        note.Text.ShouldEndWith("connection 3 with an account of its own: env5");
    }

    [Fact]
    public void WhatFitsIsNotMentioned() =>
        CredentialSplit
            .Of([
                .. Environments(2, "app", most: 2),
                .. Environments(2, "other", most: 2),
                .. Environments(9, null, most: 2),
            ])
            .ShouldBeEmpty();

    private static IEnumerable<(string, ICountsCredentials)> Environments(int count, string? account, int most) =>
        Enumerable.Range(1, count).Select(number => ($"env{number}", (ICountsCredentials)new Counted(account, most)));

    private sealed record Counted(string? Account, int MostCredentials) : ICountsCredentials;
}
