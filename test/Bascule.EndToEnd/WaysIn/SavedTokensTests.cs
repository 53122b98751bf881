using Bascule.Cli.Features;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>What git was given, beside the session that it was given for.</summary>
public sealed class SavedTokensTests : IDisposable
{
    private const string Churn = "https://bascule.example.com/git/git/ml/churn.git";
    private static readonly Uri Server = new("https://bascule.example.com");
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-saved-").FullName;
    private readonly SavedSessions _sessions;

    public SavedTokensTests()
    {
        _sessions = new SavedSessions(Path.Combine(_folder, "bascule", "sessions.json"));
        SignIn("bsc_s_1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void GitsThatAskAtOnceLoseNothingOfEachOther()
    {
        Parallel.For(0, 24, number => Keep($"{Churn}?{number}", $"t{number}").ShouldBeTrue());

        Tokens().Count.ShouldBe(24);
    }

    [Fact]
    public void WhatGitErasesIsForgottenAndANewerOneIsNot()
    {
        Keep(Churn, "new");

        _sessions.DropToken(Server, Churn, "old");
        Tokens()[Churn].Token.ShouldBe("new");
        _sessions.DropToken(Server, Churn, "new");
        Tokens().ShouldBeEmpty();

        Keep(Churn, "again");
        _sessions.DropToken(Server, Churn, token: null);
        Tokens().ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T43")]
    public void ATokenOfAnEarlierSessionIsNotKeptBesideALaterOne()
    {
        Keep(Churn, "of the first");
        SignIn("bsc_s_2");
        Tokens().ShouldBeEmpty();

        Keep(Churn, "of the first");

        Tokens().ShouldBeEmpty();
    }

    [Fact]
    public void WhatIsOverGoes()
    {
        Keep(Churn, "t");

        _sessions.KeepToken(Server, "bsc_s_1", Churn + "2", AToken("later"), Noon.AddHours(1));

        Tokens().Keys.ShouldBe([Churn + "2"]);
    }

    [Theory]
    [InlineData(15, 0, true)]
    [InlineData(15, 9, true)]
    [InlineData(15, 10, false)]
    [InlineData(4, 1, true)]
    [InlineData(4, 2, false)]
    [InlineData(15, 16, false)]
    public void ATokenIsUsedUntilItNearsItsEnd(int lifetime, int age, bool isUsed) =>
        new SavedGitToken("t", Noon, Noon.AddMinutes(lifetime)).IsFresh(Noon.AddMinutes(age)).ShouldBe(isUsed);

    private void SignIn(string session) =>
        _sessions.Save(Server, new SavedSession(session, "Ann", Noon.AddHours(8), Ca: null)).Problem.ShouldBeNull();

    private bool Keep(string repository, string token) =>
        _sessions.KeepToken(Server, "bsc_s_1", repository, AToken(token), Noon).Problem is null;

    private static SavedGitToken AToken(string token) => new(token, Noon, Noon.AddMinutes(15));

    private SortedDictionary<string, SavedGitToken> Tokens() => _sessions.Find(Server, Noon).Value.GitTokens ?? [];
}
