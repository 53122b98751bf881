using Bascule.Core;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>Azure.Identity and our Key Vault calls against the Azure simulator: no live subscription was ever available.</summary>
public sealed class AzureSourceTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-forge";
    private const string Audience = "api://AzureADTokenExchange";
    private const string Reference = "azure-keyvault:corp-kv/gitea-token";
    private readonly SourceStage _stage = new();
    private readonly SigningIdentity _identity = new(SourceStage.Issuer, "secrets:azure");
    private AzureSimulator _azure = null!;

    public async Task InitializeAsync()
    {
        _azure = await AzureSimulator.StartAsync(_stage.Authority, _stage.Clock);
        _azure.Put("gitea-token", Secret);
        _azure.MayRead = "gitea";
    }

    public async Task DisposeAsync()
    {
        await _azure.DisposeAsync();
        _identity.Dispose();
        _stage.Dispose();
    }

    [Fact]
    public async Task ReadsWithATokenOfBasculesOwn()
    {
        using var sources = _stage.Open(Settings(Client()), _identity);

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
        (await sources.TextAsync("azure-keyvault:CORP-KV/gitea-token")).ShouldBe(Secret);

        _identity.Signed.Count.ShouldBe(1);
        _azure.Asked.ShouldContain("GET /secrets/gitea-token");
    }

    [Fact]
    public async Task ReadsOneVersion()
    {
        var version = _azure.Put("gitea-old", "older");
        using var sources = _stage.Open(Settings(Client()), _identity);

        (await sources.TextAsync($"azure-keyvault:corp-kv/gitea-old/{version}")).ShouldBe("older");

        var other = await sources.RefusalAsync($"azure-keyvault:corp-kv/gitea-old/{new string('0', 32)}");
        other.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task LogsInWithATokenThatTheMachineWasGiven()
    {
        var token = await _identity.AssertAsync(Audience, TimeSpan.FromMinutes(5), default);
        File.WriteAllText(_stage.FileOf("jwt"), token.Value.Reveal());
        using var sources = _stage.Open(Settings(Client(), ",\"token_file\":\"jwt\""));

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
    }

    [Theory]
    [InlineData("api://elsewhere", "secrets:azure", "AADSTS700212")]
    [InlineData(Audience, "secrets:other", "AADSTS700213")]
    public async Task SaysWhatTheApplicationHasToTrustWhenItDoesNot(string audience, string subject, string told)
    {
        var client = _azure.AddClient(SourceStage.Trust(_identity, audience, subject));
        using var sources = _stage.Open(Settings(client), _identity);

        var problem = await sources.RefusalAsync(Reference);

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldStartWith(
            "forges.git.token: secrets.azure: cannot log in: Entra does not let Bascule in ("
        );
        problem.Message.ShouldContain(told);
        problem.Message.ShouldContain($"audience '{Audience}', subject 'secrets:azure'");
        problem.Message.ShouldNotContain(_identity.Signed.Last());
    }

    [Theory]
    [InlineData("azure-keyvault:corp-kv/gitea-none", ProblemCode.NotFound, "it is not there")]
    [InlineData("azure-keyvault:corp-kv/payroll", ProblemCode.Denied, "lacks the right")]
    public async Task NamesSettingSourceAndPlaceOfWhatItCannotRead(string reference, ProblemCode code, string told)
    {
        using var sources = _stage.Open(Settings(Client()), _identity);

        var problem = await sources.RefusalAsync(reference);

        problem.Code.ShouldBe(code);
        problem.Message.ShouldStartWith("forges.git.token: secrets.azure: cannot read ");
        problem.Message.ShouldContain(told);
    }

    [Fact]
    public async Task SaysWhenTheServerIsAway()
    {
        using var sources = _stage.Open(Settings(Client()), _identity);
        _azure.GoOffline();

        var problem = await sources.RefusalAsync(Reference);

        problem.Code.ShouldBe(ProblemCode.Unavailable);
        problem.Message.ShouldContain("did not answer");
    }

    [Theory]
    [InlineData("""{}""", "secrets.azure.login: is missing")]
    [InlineData(
        """{"login":{"managed_identity":"system","environment":true} }""",
        "secrets.azure.login: does not name one way to log in"
    )]
    [InlineData(
        """{"login":{"federation":{"tenant":"corp","client":"00000000-0000-0000-0000-000000000000"} } }""",
        "secrets.azure.login.federation.tenant: is no id"
    )]
    [InlineData("""{"login":{"environment":true},"suffix":"https://x"}""", "secrets.azure.suffix: is no domain")]
    public void RefusesWrongSettings(string azure, string told) =>
        _stage.ProblemsOf($$"""{"secrets":{"azure":{{azure}}} }""").ShouldHaveSingleItem().ShouldStartWith(told);

    private string Client() => _azure.AddClient(SourceStage.Trust(_identity, Audience));

    private string Settings(string client, string more = "")
    {
        var url = _azure.Url.GetLeftPart(UriPartial.Authority);
        return $$"""{"secrets":{"azure":{"ca":"ca.pem","authority":"{{url}}","vaults":{"corp-kv":"{{url}}"},"login":{"federation":{"tenant":"{{_azure.Tenant}}","client":"{{client}}"{{more}}} } } } }""";
    }
}
