using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

public sealed class SignInSettingsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AreReadWithTheirDefaults()
    {
        var provider = Read("{ issuer: \"https://id.example.com/\", client: 7, secret: \"file:token\" }")
            .ShouldHaveSingleItem();

        provider.Issuer.Issuer.Url.Text.ShouldBe("https://id.example.com/", "the slash is the issuer's own business");
        (provider.Client, provider.Secret.Reveal(), provider.CliClient).ShouldBe(("7", "s3cret", null));
        (provider.Title, provider.GroupsClaim, provider.Graph).ShouldBe(("corp", "groups", null));
        provider.Scopes.ShouldBe(["openid", "profile", "email"]);
    }

    [Fact]
    public void MayBeLeftOut() =>
        _folder.Load(SettingsFolder.WithoutSignIn()).Settings.ShouldNotBeNull().SignIn.ShouldBeEmpty();

    [Theory]
    [InlineData("{ client: a, secret: \"file:token\" }", "sign_in.corp.issuer: is missing; write issuer")]
    [InlineData("{ issuer: \"https://x\", secret: \"file:token\" }", "sign_in.corp.client: is missing; write client")]
    [InlineData("{ issuer: \"https://x\", client: a }", "sign_in.corp.secret: is missing; write secret: \"file:")]
    [InlineData("{ issuer: \"https://x\", client: a, secret: hunter2 }", "sign_in.corp.secret: holds a value; put it")]
    [InlineData(
        "{ issuer: \"http://x\", client: a, secret: \"file:token\" }",
        "sign_in.corp.issuer: is http:// to a host"
    )]
    [InlineData(
        "{ issuer: \"https://x\", client: a, cli_client: a, secret: \"file:token\" }",
        "sign_in.corp.cli_client: is the client too"
    )]
    [InlineData(
        "{ issuer: \"https://x\", client: a, secret: \"file:token\", scopes: [email] }",
        "sign_in.corp.scopes: lacks openid"
    )]
    [InlineData(
        "{ issuer: \"https://x\", client: a, secret: \"file:token\", group: g }",
        "sign_in.corp.group: is not a known key"
    )]
    [InlineData(
        "{ issuer: \"https://x\", client: a, secret: \"file:token\", algorithms: [HS256] }",
        "'HS256' is not an accepted algorithm"
    )]
    [InlineData(
        "{ issuer: \"https://x\", client: a, secret: \"file:token\", groups: \"\" }",
        "sign_in.corp.groups: is missing"
    )]
    public void AreRefusedWithKeyAndRemedy(string provider, string problem) =>
        _folder
            .Problems($"{SettingsFolder.WithoutSignIn()}\nsign_in: {{ corp: {provider} }}")
            .ShouldHaveSingleItem()
            .ShouldContain(problem);

    [Fact]
    [Trait("Threat", "T47")]
    public void NameAnIssuerOnce() =>
        _folder
            .Problems($"{SettingsFolder.WithoutSignIn()}\nsign_in:\n  a: {Good}\n  b: {Good}")
            .ShouldHaveSingleItem()
            .ShouldContain("sign_in.b.issuer: is the one of 'a' too");

    [Fact]
    [Trait("Threat", "T151")]
    public void AreNotEmpty() =>
        _folder
            .Problems($"{SettingsFolder.WithoutSignIn()}\nsign_in: {{}}")
            .ShouldHaveSingleItem()
            .ShouldContain("sign_in: holds nothing");

    private const string Good = "{ issuer: \"https://id.example.com\", client: a, secret: \"file:token\" }";

    private IReadOnlyList<SignInProvider> Read(string provider)
    {
        var (settings, problems) = _folder.Load($"{SettingsFolder.WithoutSignIn()}\nsign_in: {{ corp: {provider} }}");
        problems.ShouldBeEmpty();
        return settings!.SignIn;
    }
}
