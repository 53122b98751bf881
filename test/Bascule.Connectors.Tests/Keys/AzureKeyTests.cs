using System.Security.Cryptography;
using Bascule.Connectors.Keys;
using Bascule.Connectors.Tests.Secrets;
using Bascule.Core;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Keys;

/// <summary>Keys that sign in a simulated Key Vault: no live vault was ever available.</summary>
public sealed class AzureKeyTests : IAsyncLifetime
{
    private static readonly byte[] Text = "what is signed"u8.ToArray();
    private readonly SourceStage _stage = new();
    private readonly SigningIdentity _identity = new(SourceStage.Issuer, "secrets:azure");
    private readonly RecordingAudit _audit = new();
    private AzureSimulator _azure = null!;

    public async Task InitializeAsync() => _azure = await AzureSimulator.StartAsync(_stage.Authority, _stage.Clock);

    public async Task DisposeAsync()
    {
        await _azure.DisposeAsync();
        _identity.Dispose();
        _stage.Dispose();
    }

    [Fact]
    public async Task AKeyInAVaultSignsWhatItsPublicHalfVerifies()
    {
        var version = _azure.AddSigningKey("provenance");

        var found = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        var signer = (await Open("azure-key:corp-kv/provenance").OpenAsync(Stored(found), default)).Value;
        var signature = (await signer.SignAsync(SHA256.HashData(Text), _audit, default)).Value;

        found.Place.ShouldBe($"azure-key:corp-kv/provenance/{version}");
        found.Key.Verifies(Text, signature).ShouldBeTrue();
        _azure.Asked.ShouldContain($"POST /keys/provenance/{version}/sign");
    }

    [Fact]
    public async Task ANewVersionIsAnotherKeyAndTheFormerGoesOnSigning()
    {
        _azure.AddSigningKey("provenance");
        var former = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        _azure.AddSigningKey("provenance");

        var next = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        var signer = (await Open("azure-key:corp-kv/provenance").OpenAsync(Stored(former), default)).Value;

        next.Key.Id.ShouldNotBe(former.Key.Id);
        var signature = (await signer.SignAsync(SHA256.HashData(Text), _audit, default)).Value;
        former.Key.Verifies(Text, signature).ShouldBeTrue();
    }

    [Fact]
    public async Task KeysOfAnotherKindAndThoseThatMayNotSignAreRefusedWithTheRemedy()
    {
        _azure.AddKey("wrapping");
        _azure.AddSigningKey("reading", maySign: false);

        foreach (var name in new[] { "wrapping", "reading" })
        {
            var problem = (await Open($"azure-key:corp-kv/{name}").FindAsync(default)).Problem.ShouldNotBeNull();
            problem.Code.ShouldBe(ProblemCode.Invalid);
            problem.Message.ShouldContain("az keyvault key create");
        }
        (await Open("azure-key:corp-kv/none").FindAsync(default))
            .Problem.ShouldNotBeNull()
            .Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task TheCallsEntryAndTheVaultsLogShareAnId()
    {
        _azure.AddSigningKey("provenance");
        var found = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        var signer = (await Open("azure-key:corp-kv/provenance").OpenAsync(Stored(found), default)).Value;

        (await signer.SignAsync(SHA256.HashData(Text), _audit, default)).Problem.ShouldBeNull();

        _audit.Entries.ShouldHaveSingleItem().Target.ShouldBe(found.Place["azure-key:".Length..]);
        _azure.Correlated.ShouldBe([_audit.Ids.ShouldHaveSingleItem().ToString()]);
    }

    [Fact]
    public async Task WithoutAnEntryNothingIsSigned()
    {
        _azure.AddSigningKey("provenance");
        var found = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        var signer = (await Open("azure-key:corp-kv/provenance").OpenAsync(Stored(found), default)).Value;
        _audit.Failing = Problem.Unavailable("the disk is full");

        (await signer.SignAsync(SHA256.HashData(Text), _audit, default)).Problem.ShouldBe(_audit.Failing);

        _azure.Asked.ShouldNotContain(asked =>
            asked.StartsWith("POST", StringComparison.Ordinal) && asked.EndsWith("/sign", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task AVaultThatIsAwayIsWaitedFor()
    {
        _azure.AddSigningKey("provenance");
        var found = (await Open("azure-key:corp-kv/provenance").FindAsync(default)).Value;
        var signer = (await Open("azure-key:corp-kv/provenance").OpenAsync(Stored(found), default)).Value;
        _azure.GoOffline();

        var problem = (await signer.SignAsync(SHA256.HashData(Text), _audit, default)).Problem.ShouldNotBeNull();

        problem.IsTransient.ShouldBeTrue();
    }

    private IProvenanceKeyPlace Open(string name) =>
        SigningKeyPlaces
            .OpenVault(_stage.Read(Settings()), KeyName.Parse(name), _ => _identity, _stage.Clock, _stage.Details.Add)
            .ShouldNotBeNull();

    private static ProvenanceKey Stored(FoundKey found) =>
        new(found.Key.Id, found.Place, found.Key.Spki, null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private string Settings()
    {
        var client = _azure.AddClient(SourceStage.Trust(_identity, "api://AzureADTokenExchange"));
        var url = _azure.Url.GetLeftPart(UriPartial.Authority);
        return $$"""{"secrets":{"azure":{"ca":"ca.pem","authority":"{{url}}","vaults":{"corp-kv":"{{url}}"},"login":{"federation":{"tenant":"{{_azure.Tenant}}","client":"{{client}}"} } } } }""";
    }
}
