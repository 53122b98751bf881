namespace Bascule.Server.Tests.Configuration;

public sealed class CredentialSettingsTests : IDisposable
{
    private const string Token = "    token: \"file:token\"\n    ca";
    private const string Sealed = "    credential: {}\n    ca";
    private const string OAuth = "    oauth: { client: 0oa9, secret: \"file:token\" }\n";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("    credential: {}\n    ca", null, 10)]
    [InlineData("    credential: { rotate_every: 30d }\n    ca", 30, 10)]
    [InlineData("    token: \"file:token\"\n    credential: { rotate_every: 1d, overlap: 2h }\n    ca", 1, 120)]
    [InlineData(Token, null, 10)]
    public void SaysHowItIsLookedAfter(string written, int? days, int minutes)
    {
        var (settings, problems) = _folder.Load(SettingsFolder.With(Token, written));

        problems.ShouldBeEmpty();
        var credential = settings!.Forges[0].Credential;
        credential.RotateEvery.ShouldBe(days is { } some ? TimeSpan.FromDays(some) : null);
        credential.Overlap.ShouldBe(TimeSpan.FromMinutes(minutes));
    }

    [Theory]
    [InlineData("    ca", "forges.git.token: is missing")]
    [InlineData("    token: \"file:gone\"\n    credential: {}\n    ca", "forges.git.token: names")]
    [InlineData("    credential: 30d\n    ca", "forges.git.credential: is not a map")]
    [InlineData("    credential: { rotate_every: 0d }\n    ca", "forges.git.credential.rotate_every")]
    [InlineData("    credential: { rotate_every: 30 }\n    ca", "forges.git.credential.rotate_every")]
    [InlineData("    credential: { overlap: 25h }\n    ca", "forges.git.credential.overlap")]
    [InlineData("    credential: { overlap: 30s }\n    ca", "forges.git.credential.overlap")]
    [InlineData("    credential: { every: 30d }\n    ca", "forges.git.credential.every: is not a known key")]
    [InlineData("    credential: {}\n    administrator: \"file:token\"\n    ca", "administrator: is not a known key")]
    public void EveryMistakeIsNamed(string written, string said) =>
        _folder.Problems(SettingsFolder.With(Token, written)).ShouldHaveSingleItem().ShouldContain(said);

    [Theory]
    [InlineData("file:token", 0)]
    [InlineData("file:gone", 1)]
    public void GogsTakesAnAdministrator(string reference, int problems) =>
        _folder
            .Problems(
                SettingsFolder
                    .With(Token, $"    administrator: \"{reference}\"\n{Sealed}")
                    .Replace("kind: gitea", "kind: gogs", StringComparison.Ordinal)
                    .Replace(OAuth, "", StringComparison.Ordinal)
            )
            .Count.ShouldBe(problems);
}
