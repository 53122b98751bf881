using Bascule.Core;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>Against the Vault simulator: no live Vault was ever available.</summary>
public sealed class VaultSourceTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-forge";
    private const string Reference = "vault:secret/bascule/gitea#token";
    private readonly SourceStage _stage = new();
    private readonly SigningIdentity _identity = new(SourceStage.Issuer, "secrets:vault");
    private VaultSimulator _vault = null!;

    public async Task InitializeAsync()
    {
        _vault = await VaultSimulator.StartAsync(_stage.Authority, _stage.Clock);
        _vault.Put("bascule/gitea", "token", Secret + "\n");
        _vault.AddRole("bascule", SourceStage.Trust(_identity, Url), "bascule/");
    }

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        _identity.Dispose();
        _stage.Dispose();
    }

    [Fact]
    public async Task ReadsAFieldWithATokenOfBasculesOwn()
    {
        using var sources = _stage.Open(Settings(), _identity);

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
        (await sources.TextAsync(Reference)).ShouldBe(Secret);

        _vault.Asked.Count(asked => asked == "POST /v1/auth/jwt/login").ShouldBe(1);
        _vault.Asked.ShouldContain("GET /v1/secret/data/bascule/gitea");
    }

    [Fact]
    public async Task ReadsWhatWasRotatedAndLogsInAgainWhenTheLeaseHasEnded()
    {
        using var sources = _stage.Open(Settings(), _identity);
        await sources.TextAsync(Reference);
        _vault.Put("bascule/gitea", "token", "another");

        (await sources.TextAsync(Reference)).ShouldBe("another");
        _vault.RevokeAll();
        (await sources.TextAsync(Reference)).ShouldBe("another");

        _vault.Asked.Count(asked => asked == "POST /v1/auth/jwt/login").ShouldBe(2);
    }

    [Fact]
    public async Task ReadsWithTheTokenOfAnAgentAndReadsThatAnew()
    {
        var file = _stage.FileOf("vault-token");
        File.WriteAllText(file, _vault.CreateToken(prefix: "bascule/") + "\n");
        using var sources = _stage.Open(Settings("""{"token_file":"vault-token"}"""));
        await sources.TextAsync(Reference);
        _vault.RevokeAll();
        (await sources.RefusalAsync(Reference)).Code.ShouldBe(ProblemCode.Denied);

        File.WriteAllText(file, _vault.CreateToken(prefix: "bascule/"));

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
    }

    [Fact]
    public async Task LogsInWithATokenThatTheMachineWasGiven()
    {
        var token = await _identity.AssertAsync(Url, TimeSpan.FromMinutes(5), default);
        File.WriteAllText(_stage.FileOf("jwt"), token.Value.Reveal());
        using var sources = _stage.Open(Settings("""{"jwt":{"role":"bascule","token_file":"jwt"} }"""));

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
    }

    [Theory]
    [InlineData("audience", "https://elsewhere.example", "secrets:vault", "audience")]
    [InlineData("subject", null, "secrets:other", "subject")]
    public async Task SaysWhatVaultHasToTrustWhenItDoesNot(string name, string? audience, string subject, string word)
    {
        _vault.AddRole("bascule", SourceStage.Trust(_identity, audience ?? Url, subject));
        using var sources = _stage.Open(Settings(), _identity);

        var problem = await sources.RefusalAsync(Reference);

        problem.Code.ShouldBe(ProblemCode.Denied, name);
        problem.Message.ShouldStartWith(
            "forges.git.token: secrets.vault: cannot log in: Vault does not let Bascule in (error validating token: invalid "
                + word
        );
        problem.Message.ShouldContain($"bound_audiences '{Url}', bound_subject 'secrets:vault'");
        problem.Message.ShouldNotContain(_identity.Signed.Last());
    }

    [Theory]
    [InlineData("vault:secret/bascule/none#token", ProblemCode.NotFound, "it is not there")]
    [InlineData("vault:secret/bascule/gitea#other", ProblemCode.NotFound, "it has no text in field 'other'")]
    [InlineData("vault:secret/payroll#token", ProblemCode.Denied, "lacks the right")]
    [InlineData("vault:kv1/bascule/gitea#token", ProblemCode.NotFound, "it is not there")]
    public async Task NamesSettingSourceAndPlaceOfWhatItCannotRead(string reference, ProblemCode code, string told)
    {
        using var sources = _stage.Open(Settings(), _identity);

        var problem = await sources.RefusalAsync(reference);

        problem.Code.ShouldBe(code);
        problem.Message.ShouldStartWith("forges.git.token: secrets.vault: cannot read ");
        problem.Message.ShouldContain(told);
        problem.Message.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task SaysWhenASecretWasDeletedOrTheServerIsAway()
    {
        using var sources = _stage.Open(Settings(), _identity);
        _vault.Delete("bascule/gitea");
        (await sources.RefusalAsync(Reference)).Code.ShouldBe(ProblemCode.NotFound);

        _vault.GoOffline();

        var problem = await sources.RefusalAsync(Reference);
        problem.Code.ShouldBe(ProblemCode.Unavailable);
        problem.Message.ShouldContain($"{Url} did not answer");
        _stage.Details.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task NamesItsNamespace()
    {
        await using var vault = await VaultSimulator.StartAsync(_stage.Authority, _stage.Clock, "team-a");
        vault.Put("x", "y", "z");
        File.WriteAllText(_stage.FileOf("vault-token"), vault.CreateToken());
        using var sources = _stage.Open(
            $$"""{"secrets":{"vault":{"url":"{{Origin(vault)}}","ca":"ca.pem","namespace":"team-a","login":{"token_file":"vault-token"} } } }"""
        );

        (await sources.TextAsync("vault:secret/x#y")).ShouldBe("z");
    }

    [Theory]
    [InlineData("""{"url":"https://vault.example"}""", "secrets.vault.login: is missing")]
    [InlineData(
        """{"url":"https://vault.example","login":{} }""",
        "secrets.vault.login: does not name one way to log in"
    )]
    [InlineData(
        """{"url":"https://vault.example","login":{"jwt":{"role":"a"},"token_file":"b"} }""",
        "secrets.vault.login: does not name one way to log in"
    )]
    [InlineData("""{"url":"http://vault.example","login":{"token_file":"b"} }""", "secrets.vault.url: is http://")]
    [InlineData(
        """{"url":"https://vault.example","login":{"jwt":{"role":"a","mount":"../sys"} } }""",
        "secrets.vault.login.jwt.mount: is no path"
    )]
    [InlineData("""{"url":"https://vault.example","login":{"jwt":{} } }""", "secrets.vault.login.jwt.role: is missing")]
    [InlineData(
        """{"url":"https://vault.example","token":"hvs.x","login":{"token_file":"b"} }""",
        "secrets.vault.token: is not a known key"
    )]
    public void RefusesWrongSettings(string vault, string told) =>
        _stage.ProblemsOf($$"""{"secrets":{"vault":{{vault}}} }""").ShouldHaveSingleItem().ShouldStartWith(told);

    private string Url => Origin(_vault);

    private static string Origin(VaultSimulator vault) => vault.Url.GetLeftPart(UriPartial.Authority);

    private string Settings(string login = """{"jwt":{"role":"bascule"} }""") =>
        $$"""{"secrets":{"vault":{"url":"{{Url}}","ca":"ca.pem","login":{{login}}} } }""";
}
