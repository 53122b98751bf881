using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Simulators;
using Bascule.Testing.Identity;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Issuers;

[Trait("Threat", "T29")]
public sealed class IssuerTlsTests : IAsyncLifetime
{
    private readonly LoopbackAuthority _authority = new();
    private readonly string _caFile = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private PublishedIssuer _issuer = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_caFile, _authority.CaPem);
        _issuer = await PublishedIssuer.StartAsync(_authority.ServerCertificate);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _authority.Dispose();
        File.Delete(_caFile);
    }

    [Fact]
    public async Task TheConfiguredAuthorityIsTrusted() =>
        (await ReadAsync(_issuer.Options() with { CaFile = _caFile })).Problem.ShouldBeNull();

    [Fact]
    public async Task WithoutThatAuthorityNothingIsRead()
    {
        (await ReadAsync(_issuer.Options())).Problem!.Code.ShouldBe(ProblemCode.Unavailable);

        _issuer.Asked.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T28")]
    public async Task KeysOfAnHttpsIssuerAreNotReadInTheClear()
    {
        await using var plain = await PublishedIssuer.StartAsync();
        _issuer.Discovery["jwks_uri"] = plain.Url + "/keys";
        var options = _issuer.Options() with { CaFile = _caFile, KeyHosts = [new Uri(plain.Url).Authority] };

        (await ReadAsync(options)).Problem!.Message.ShouldContain("unacceptable jwks_uri");
    }

    [Theory]
    [InlineData("insecure")]
    [InlineData("tls_verify")]
    [InlineData("verify")]
    public void ThereIsNoSwitchForIt(string key)
    {
        var (reader, problems) = SettingTree.Read($$"""{"url":"https://login.example.com","{{key}}":"false"}""");

        IssuerOptions.Read("okta", reader, new(TimeProvider.System, "/", new Uri("https://bascule.example.com")));
        reader.RefuseOthers();

        problems.ShouldHaveSingleItem().Message.ShouldContain("not a known key");
    }

    private static async Task<Result<ProviderMetadata>> ReadAsync(IssuerOptions options)
    {
        using var directory = new IssuerDirectory([options], new SteadyClock());
        return await directory.ReadMetadataAsync(options.Issuer.Url.Text, CancellationToken.None);
    }
}
