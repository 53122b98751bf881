namespace Bascule.Server.Tests.Configuration;

public sealed class OAuthSettingsTests : IDisposable
{
    private const string OAuth = "oauth: { client: 0oa9, secret: \"file:token\" }";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AForgeNeedsNone() => _folder.Problems(SettingsFolder.With($"    {OAuth}\n", "")).ShouldBeEmpty();

    [Theory]
    [InlineData("oauth: { secret: \"file:token\" }", "forges.git.oauth.client: is missing")]
    [InlineData("oauth: { client: 0oa9 }", "forges.git.oauth.secret: is missing")]
    [InlineData("oauth: { client: \"a:b\", secret: \"file:token\" }", "forges.git.oauth.client: has characters")]
    [InlineData("oauth: { client: 0oa9, secret: \"s3cret\" }", "forges.git.oauth.secret")]
    [InlineData("oauth: { client: 0oa9, secret: \"file:gone\" }", "forges.git.oauth.secret")]
    [InlineData(
        "oauth: { client: 0oa9, secret: \"file:token\", scope: x }",
        "forges.git.oauth.scope: is not a known key"
    )]
    [InlineData("oauth: yes", "forges.git.oauth: is not a map")]
    public void EveryMistakeIsNamed(string written, string said) =>
        _folder.Problems(SettingsFolder.With(OAuth, written)).ShouldHaveSingleItem().ShouldContain(said);

    [Fact]
    public void GogsKnowsNone() =>
        _folder
            .Problems(SettingsFolder.With("kind: gitea", "kind: gogs"))
            .ShouldHaveSingleItem()
            .ShouldContain("forges.git.oauth: is not a known key");
}
