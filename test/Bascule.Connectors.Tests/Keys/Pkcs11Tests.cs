using System.Security.Cryptography;
using Bascule.Connectors.Keys;
using Bascule.Connectors.Keys.Pkcs11;
using Bascule.Core;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Testing.Keys;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Keys;

/// <summary>Real SoftHSM tokens, with keys that OpenSC's tool made in them.</summary>
public sealed class Pkcs11Tests
{
    private const string Text = "what is signed";

    [SoftHsmFact]
    public async Task AKeyInATokenSignsWhatItsPublicHalfVerifies()
    {
        var label = SoftHsm.MakeKey("01");

        var (found, signer) = await OpenAsync($"pkcs11:{label}");

        found.Place.ShouldBe($"pkcs11:{label}/01");
        found.Sealed.ShouldBeNull();
        var signature = await SignAsync(signer);
        found.Key.Verifies(System.Text.Encoding.UTF8.GetBytes(Text), signature.Value).ShouldBeTrue();
    }

    [SoftHsmFact]
    public async Task OfTwoKeysOfOneNameTheIdSaysWhich()
    {
        var label = SoftHsm.MakeKey("11");
        SoftHsm.MakeKey(label, "12", "prime256v1");
        using var both = Keys($"pkcs11:{label}");
        using var second = Keys($"pkcs11:{label}/12");

        var problem = (await both.FindAsync(default)).Problem.ShouldNotBeNull();
        problem.Message.ShouldContain($"several keys '{label}'");
        (await second.FindAsync(default)).Value.Place.ShouldBe($"pkcs11:{label}/12");
    }

    [SoftHsmFact]
    public async Task AKeyThatWasReplacedInTheTokenIsNoticed()
    {
        var label = SoftHsm.MakeKey("21");
        using var keys = Keys($"pkcs11:{label}");
        using var other = new TestSigner();
        var published = new ProvenanceKey(
            other.Key.Id,
            $"pkcs11:{label}/21",
            other.Key.Spki,
            null,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );

        (await keys.OpenAsync(published, default)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
    }

    [SoftHsmFact]
    public async Task WhatIsNotThereIsNamedWithTheRemedy()
    {
        var label = SoftHsm.MakeKey("31", "secp384r1");
        using var none = Keys("pkcs11:none");
        using var wide = Keys($"pkcs11:{label}");
        using var away = Keys("pkcs11:audit", token: "no such token");

        (await none.FindAsync(default)).Problem.ShouldNotBeNull().Message.ShouldContain("no private EC key 'none'");
        (await wide.FindAsync(default)).Problem.ShouldNotBeNull().Message.ShouldContain("P-256");
        (await away.FindAsync(default)).Problem.ShouldNotBeNull().Message.ShouldContain($"'{SoftHsm.Token}'");
    }

    /// <summary>A token locks itself after a few wrong PINs: a loop of retries must not do that.</summary>
    [SoftHsmFact]
    public async Task AWrongPinIsTriedOnceAndTheRightOneWorksAfterwards()
    {
        var label = SoftHsm.MakeKey("41");
        var pin = "wrong";
        var doubts = 0;
        using var keys = Keys($"pkcs11:{label}", Secret.Changing(() => pin, () => doubts++));

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var refused = (await keys.FindAsync(default)).Problem.ShouldNotBeNull();
            refused.Code.ShouldBe(ProblemCode.Denied);
            refused.Message.ShouldNotContain("wrong");
        }
        doubts.ShouldBe(1, "the token was asked once");
        pin = SoftHsm.Pin;

        (await keys.FindAsync(default)).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("/nowhere/module.so", "cannot be loaded")]
    [InlineData("/etc/hostname", "cannot be loaded")]
    [InlineData("libc.so.6", "no PKCS #11 module")]
    public async Task AFileThatIsNoModuleIsRefusedInWords(string module, string told)
    {
        using var keys = Of(new Pkcs11Options { Module = module, Pin = new Secret("1234") }, "pkcs11:audit");

        var problem = (await keys.FindAsync(default)).Problem.ShouldNotBeNull();

        problem.Message.ShouldContain(told);
        problem.Message.ShouldContain("provenance.pkcs11.module");
    }

    [Fact]
    public async Task AModuleThatHangsHoldsUpNobodyElse()
    {
        using var stuck = new ManualResetEventSlim();
        using var thread = new Pkcs11Thread(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        var first = await thread.RunAsync<int>(
            () =>
            {
                stuck.Wait();
                return 1;
            },
            default
        );
        var second = await thread.RunAsync<int>(() => 2, default);

        first.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
        second.Problem.ShouldNotBeNull().Message.ShouldContain("restart Bascule");
        stuck.Set();
    }

    [Theory]
    [InlineData("pkcs11:audit", true)]
    [InlineData("pkcs11:audit/01ab", true)]
    [InlineData("pkcs11:audit/1", false)]
    [InlineData("pkcs11:", false)]
    [InlineData("azure-key:corp-kv/provenance", true)]
    [InlineData("azure-key:corp-kv", false)]
    [InlineData("file:/key.pem", false)]
    public void NamesOfKeysAreReadExactly(string text, bool isName) =>
        (KeyName.Parse(text) is not null).ShouldBe(isName);

    private static OpenKeys Keys(string name, Secret? pin = null, string token = SoftHsm.Token) =>
        Of(
            new Pkcs11Options
            {
                Module = SoftHsm.Module,
                Token = token,
                Pin = pin ?? new Secret(SoftHsm.Pin),
            },
            name
        );

    private static OpenKeys Of(Pkcs11Options options, string name) =>
        new(SigningKeyPlaces.OpenToken(options, KeyName.Parse(name), TimeProvider.System));

    private static async Task<(FoundKey Found, IProvenanceSigner Signer)> OpenAsync(string name)
    {
        var keys = Keys(name);
        var found = (await keys.FindAsync(default)).Value;
        var stored = new ProvenanceKey(
            found.Key.Id,
            found.Place,
            found.Key.Spki,
            null,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );
        return (found, (await keys.OpenAsync(stored, default)).Value);
    }

    private static Task<Result<byte[]>> SignAsync(IProvenanceSigner signer) =>
        signer.SignAsync(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Text)), new RecordingAudit(), default);

    private sealed class OpenKeys(IProvenanceKeyPlace place) : IDisposable
    {
        public Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken) =>
            place.FindAsync(cancellationToken);

        public Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken) =>
            place.OpenAsync(key, cancellationToken);

        public void Dispose() => (place as IDisposable)?.Dispose();
    }
}
