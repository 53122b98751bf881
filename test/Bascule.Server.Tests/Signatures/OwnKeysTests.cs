using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Signatures;
using Bascule.Server.Signatures;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Mirrors;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Signatures;

[Trait("Threat", "T144")]
public sealed class OwnKeysTests : IAsyncLifetime
{
    private const string Fingerprint = SignatureStage.Fingerprint;
    private readonly TestSigner _signer = new();
    private ServerWorld _world = null!;
    private Person _ada = null!;

    private OwnKeys Keys => _world.Get<OwnKeys>();

    public async Task InitializeAsync() => (_world, _ada) = await SignatureStage.OpenAsync();

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _signer.Dispose();
    }

    [Fact]
    public async Task AKeyCountsFromTheMomentItIsConfirmedUntilItIsForgotten()
    {
        var before = (await Keys.ListAsync(Actor(), default)).Keys.ShouldHaveSingleItem();
        var confirmed = await Keys.ConfirmAsync(Actor(), Fingerprint, null, default);
        var now = confirmed.Value.Keys.ShouldHaveSingleItem();
        var forgotten = await Keys.ForgetAsync(Actor(), Fingerprint, default);

        (before.Forge, before.Account, before.Title, before.Counts).ShouldBe(("git", "ada", "laptop", false));
        (now.Counts, now.ConfirmedAt, now.Because).ShouldBe((true, _world.Clock.GetUtcNow(), null));
        forgotten.Value.Keys.ShouldHaveSingleItem().Counts.ShouldBeFalse();
        foreach (var type in (string[])["signing_key.confirmed", "signing_key.forgotten"])
        {
            var entry = (await _world.EntriesAsync(type)).ShouldHaveSingleItem();
            ((string?)entry["actor"], (string?)entry["facts"]!["fingerprint"]).ShouldBe(("person:p-ada", Fingerprint));
        }
    }

    [Fact]
    public async Task WhatTheForgeShowsLaterInItsPlaceCountsForNothing()
    {
        await Keys.ConfirmAsync(Actor(), Fingerprint, null, default);
        _world.Show(
            ServerWorld.Ada.Id,
            new AccountKey(SigningKeyKind.Ssh, "SHA256:eve", "laptop") { Material = "eve" }
        );

        var listed = (await Keys.ListAsync(Actor(), default)).Keys;

        listed.Select(key => (key.Fingerprint, key.Counts)).ShouldBe([("SHA256:eve", false), (Fingerprint, false)]);
        var stored = (await _world.Storage.ConfirmedKeys.ListAsync(ServerWorld.Churn.ForgeUid, default));
        stored.ShouldHaveSingleItem().Key.Material.ShouldBe("ssh-ed25519 ada");
    }

    [Fact]
    public async Task OnlyAFreshSignInConfirms()
    {
        var stale = Actor() with { AuthenticatedAt = _world.Clock.GetUtcNow() - TimeSpan.FromMinutes(11) };

        var refused = await Keys.ConfirmAsync(stale, Fingerprint, null, default);
        var unknown = await Keys.ConfirmAsync(stale with { AuthenticatedAt = null }, Fingerprint, null, default);

        refused.Problem!.Message.ShouldBe("confirming a key needs a fresh sign-in; sign in again: bascule login");
        unknown.Problem!.Code.ShouldBe(ProblemCode.Denied);
        (await _world.Storage.ConfirmedKeys.ReadAsync(_ada.Uid, default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        "SHA256:yyyytsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Yw",
        ProblemCode.NotFound,
        "no account of yours holds key"
    )]
    [InlineData("laptop", ProblemCode.Invalid, "'laptop' is no fingerprint")]
    public async Task AKeyThatNoAccountOfTheirsHoldsIsNotConfirmed(string text, ProblemCode code, string message)
    {
        var bert = await _world.LinkAsync("bert", 4, "SHA256:zzzztsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Yw");

        var refused = await Keys.ConfirmAsync(Actor(), text, null, default);
        var anothers = await Keys.ConfirmAsync(_world.ActorOf(bert), Fingerprint, null, default);

        (refused.Problem!.Code, refused.Problem.Message.StartsWith(message, StringComparison.Ordinal)).ShouldBe(
            (code, true)
        );
        anothers.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task AWeakKeyIsNotConfirmed()
    {
        var weak = new AccountKey(SigningKeyKind.Ssh, Fingerprint, "old")
        {
            Material = "x",
            Weakness = "it is too short",
        };
        _world.Show(ServerWorld.Ada.Id, weak);

        var refused = await Keys.ConfirmAsync(Actor(), Fingerprint, null, default);

        refused.Problem!.Message.ShouldBe($"key {Fingerprint} proves nothing: it is too short");
        (await Keys.ListAsync(Actor(), default)).Keys.ShouldHaveSingleItem().Because.ShouldBe("it is too short");
    }

    [Fact]
    public async Task AnOpenPgpKeyIsConfirmedByWhatItsOwnerGivesAndTheForgeNames()
    {
        var (own, other) = (await _signer.OpenPgpAsync(), await _signer.OpenPgpAsync());
        ShowOpenPgp(own);

        var without = await ConfirmAsync(own, null);
        var another = await ConfirmAsync(own, other.Key.Material);
        var both = await ConfirmAsync(own, own.Key.Material + other.Key.Material);
        var confirmed = await ConfirmAsync(own, own.Key.Material);

        without.Problem!.Message.ShouldContain("--key key.asc");
        another.Problem!.Message.ShouldBe($"the file holds key {other.Key.Fingerprint}, not {own.Key.Fingerprint}");
        both.Problem!.Message.ShouldStartWith("that is not exactly one public key of OpenPGP");
        confirmed.Value.Keys.ShouldHaveSingleItem().Counts.ShouldBeTrue();
        var stored = await _world.Storage.ConfirmedKeys.ReadAsync(_ada.Uid, default);
        stored.ShouldHaveSingleItem().Key.Material.ShouldStartWith("-----BEGIN PGP PUBLIC KEY BLOCK-----");
    }

    [Fact]
    public async Task AnOpenPgpKeyThatIsWeakOrOverIsNotConfirmed()
    {
        var (weak, expired) = (
            await _signer.OpenPgpAsync("rsa1024"),
            await _signer.OpenPgpAsync(expires: "1d", time: "20240101T000000")
        );
        ShowOpenPgp(weak, expired);

        var first = await ConfirmAsync(weak, weak.Key.Material);
        var second = await ConfirmAsync(expired, expired.Key.Material);

        first.Problem!.Message.ShouldContain("1024 bits does not count");
        second.Problem!.Message.ShouldContain("expired or revoked");
    }

    private Actor Actor() => _world.ActorOf(_ada);

    private void ShowOpenPgp(params TestKey[] keys) =>
        _world.Show(
            ServerWorld.Ada.Id,
            [.. keys.Select(key => new AccountKey(SigningKeyKind.OpenPgp, key.Key.Fingerprint, ""))]
        );

    private Task<Result<AccountKeyList>> ConfirmAsync(TestKey key, string? file) =>
        Keys.ConfirmAsync(Actor(), key.Key.Fingerprint, file, default);
}
