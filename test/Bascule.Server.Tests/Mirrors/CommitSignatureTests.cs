using System.Globalization;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>What a signature proves: each refusal stands beside the same commit that is let in.</summary>
[Trait("Threat", "T101")]
public sealed class CommitSignatureTests : IAsyncLifetime
{
    private readonly TestSigner _signer = new();
    private MirrorWorld _world = null!;

    public async Task InitializeAsync() => _world = await MirrorWorld.CreateAsync();

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _signer.Dispose();
    }

    [Theory]
    [InlineData("ssh", "ed25519")]
    [InlineData("ssh", "rsa3072")]
    [InlineData("openpgp", "ed25519")]
    [InlineData("openpgp", "rsa2048")]
    [Trait("Threat", "T144")]
    public async Task ASignatureIsOfTheKeyThatMadeItAndOfNoOther(string kind, string algorithm)
    {
        var (own, other) = (await KeyAsync(kind, algorithm), await KeyAsync(kind, "ed25519"));
        var commit = await TestSigner.CommitAsync(_world.Repository, own);

        (await VerifyAsync(commit, own.Key, other.Key)).Fingerprint.ShouldBe(own.Key.Fingerprint);
        var strange = await VerifyAsync(commit, other.Key);
        strange.Fingerprint.ShouldBeNull();
        strange.Because.ShouldBe(
            $"it is signed with {own.Key.Fingerprint}, which nobody whose account is linked here has confirmed"
        );
        (await VerifyAsync(commit)).Fingerprint.ShouldBeNull();
    }

    [Fact]
    public async Task AnUnsignedCommitProvesNothing()
    {
        var key = await _signer.SshAsync();
        var commit = await _world.Repository.CommitAsync("main", ("a.txt", "1"));

        (await VerifyAsync(commit, key.Key)).ShouldBe(CommitSignature.None("it is not signed"));
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("openpgp")]
    public async Task ASignatureOfAnotherCommitProvesNothing(string kind)
    {
        var key = await KeyAsync(kind);
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));
        var other = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key, "Another"));
        var moved = other.Replace(
            TestSigner.SignatureOf(other),
            TestSigner.SignatureOf(signed),
            StringComparison.Ordinal
        );

        (await VerifyAsync(await WriteAsync(other), key.Key)).Fingerprint.ShouldBe(key.Key.Fingerprint);
        await ShouldProveNothingAsync(moved, key, "something else");
    }

    [Theory]
    [InlineData("ssh", "\n\nSigned", "\n\nsigned")]
    [InlineData("openpgp", "\n\nSigned", "\n\nsigned")]
    [InlineData("ssh", "author Ada", "author Eve")]
    [InlineData("openpgp", "parent ", "parent 0000000000000000000000000000000000000000\nparent ")]
    public async Task AnAlteredCommitProvesNothing(string kind, string text, string instead)
    {
        var key = await KeyAsync(kind);
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));
        if (instead.StartsWith("parent 0", StringComparison.Ordinal))
            instead = instead.Replace(new string('0', 40), await OtherAsync(), StringComparison.Ordinal);

        await ShouldProveNothingAsync(signed.Replace(text, instead, StringComparison.Ordinal), key, "something else");
    }

    [Fact]
    public async Task AStrippedCommitProvesNothing()
    {
        var key = await _signer.SshAsync();
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));

        await ShouldProveNothingAsync(
            signed.Replace(TestSigner.SignatureOf(signed), "", StringComparison.Ordinal),
            key,
            "it is not signed"
        );
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("openpgp")]
    public async Task TwoSignaturesProveNothing(string kind)
    {
        var key = await KeyAsync(kind);
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));
        var header = TestSigner.SignatureOf(signed);
        var block = header["gpgsig ".Length..];

        await ShouldProveNothingAsync(
            signed.Replace(header, header + header, StringComparison.Ordinal),
            key,
            "more than one signature"
        );
        await ShouldProveNothingAsync(
            signed.Replace(header, $"{header} {block}", StringComparison.Ordinal),
            key,
            "neither one of SSH nor one of OpenPGP"
        );
        await ShouldProveNothingAsync(
            signed.Replace(header, header + "gpgsig-sha256" + header["gpgsig".Length..], StringComparison.Ordinal),
            key,
            "more than one signature"
        );
    }

    [Fact]
    public async Task ASignatureOfTenMegabytesIsNotLookedAt()
    {
        var key = await _signer.SshAsync();
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));
        var header = TestSigner.SignatureOf(signed);
        var filler = string.Concat(Enumerable.Repeat($" {new string('A', 70)}\n", 2000));
        var padded = header.Replace("\n -----END", $"\n{filler} -----END", StringComparison.Ordinal);

        await ShouldProveNothingAsync(signed.Replace(header, padded, StringComparison.Ordinal), key, "65536 bytes");
        var huge = string.Concat(Enumerable.Repeat(filler, 72));
        await ShouldProveNothingAsync(
            signed.Replace(
                header,
                header.Replace("\n -----END", $"\n{huge} -----END", StringComparison.Ordinal),
                StringComparison.Ordinal
            ),
            key,
            "its commit has more than"
        );
    }

    [Fact]
    public async Task ASignatureForAnotherPurposeProvesNothing()
    {
        var key = await _signer.SshAsync();
        var signed = await ReadAsync(await TestSigner.CommitAsync(_world.Repository, key));
        var header = TestSigner.SignatureOf(signed);
        var payload = signed.Replace(header, "", StringComparison.Ordinal);
        var (forGit, forFiles) = (
            await _signer.SignAsync(key, payload, "git"),
            await _signer.SignAsync(key, payload, "file")
        );

        var good = await WriteAsync(signed.Replace(header, forGit, StringComparison.Ordinal));
        (await VerifyAsync(good, key.Key)).Fingerprint.ShouldBe(key.Key.Fingerprint);
        await ShouldProveNothingAsync(
            signed.Replace(header, forFiles, StringComparison.Ordinal),
            key,
            "something else, or damaged"
        );
    }

    [Theory]
    [InlineData("rsa1024", "an RSA key of 1024 bits does not count")]
    [InlineData("dsa2048", "keys of its algorithm do not count")]
    public async Task AWeakOpenPgpKeyProvesNothing(string algorithm, string because)
    {
        var key = await _signer.OpenPgpAsync(algorithm);
        var commit = await TestSigner.CommitAsync(_world.Repository, key);

        var found = await VerifyAsync(commit, key.Key);

        found.Fingerprint.ShouldBeNull();
        found.Because.ShouldStartWith(because);
    }

    [Fact]
    public async Task AnExpiredKeyProvesNothing()
    {
        var key = await _signer.OpenPgpAsync(expires: "1d", time: "20240101T000000");
        var commit = await TestSigner.CommitAsync(_world.Repository, key);

        (await VerifyAsync(commit, key.Key)).ShouldBe(CommitSignature.None("the key that signed it has expired"));
    }

    [Fact]
    public async Task ARevokedKeyProvesNothing()
    {
        var key = await _signer.OpenPgpAsync();
        var commit = await TestSigner.CommitAsync(_world.Repository, key);
        (await VerifyAsync(commit, key.Key)).Fingerprint.ShouldBe(key.Key.Fingerprint);

        var revoked = await _signer.RevokeAsync(key);

        (await VerifyAsync(commit, revoked)).ShouldBe(CommitSignature.None("the key that signed it is revoked"));
    }

    [Fact]
    [Trait("Threat", "T144")]
    public async Task NothingThatTheRepositoryOrTheMirrorSaysTakesPart()
    {
        var (own, eve) = (await _signer.SshAsync(), await _signer.SshAsync());
        var signers = Path.Combine(_world.Folder, "signers");
        await File.WriteAllTextAsync(signers, $"{own.Key.Fingerprint} {eve.Key.Material}\n");
        await _world.Repository.CommitAsync(
            "main",
            (".gitsigners", $"* {eve.Key.Material}\n"),
            (".gitconfig", "[gpg]\n")
        );
        var commit = await TestSigner.CommitAsync(_world.Repository, eve);
        await _world.FetchMainAsync();
        var marker = await PlantAsync(own.Key.Fingerprint, signers);

        var found = (await _world.Mirror.VerifyAsync(commit, [own.Key], default)).Value;

        found.Fingerprint.ShouldBeNull();
        File.Exists(marker).ShouldBeFalse();
        (await TestGit.RunAsync(_world.MirrorFolder, "config", "gpg.ssh.allowedSignersFile")).ShouldBe(signers);
        (await VerifyAsync(commit, eve.Key)).Fingerprint.ShouldBe(eve.Key.Fingerprint);
    }

    [Fact]
    public async Task AMissingProgramIsNamedWithItsPackage()
    {
        await _world.DisposeAsync();
        _world = await MirrorWorld.CreateAsync(options =>
            options with
            {
                SshKeygen = "/nonexistent/ssh-keygen",
                Gpg = "no-such-gpg",
            }
        );
        var (ssh, openPgp) = (await _signer.SshAsync(), await _signer.OpenPgpAsync());

        var bySsh = await AskAsync(await TestSigner.CommitAsync(_world.Repository, ssh), ssh.Key);
        var byOpenPgp = await AskAsync(await TestSigner.CommitAsync(_world.Repository, openPgp), openPgp.Key);

        bySsh.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        bySsh.Problem.Message.ShouldEndWith("apt-get install openssh-client");
        byOpenPgp.Problem!.Message.ShouldEndWith("apt-get install gnupg");
    }

    [Fact]
    public async Task NothingIsLeftBehind()
    {
        var key = await _signer.OpenPgpAsync();
        var commit = await TestSigner.CommitAsync(_world.Repository, key);
        await VerifyAsync(commit, key.Key);

        (await TestGit.RunAsync(_world.MirrorFolder, "count-objects")).ShouldStartWith("0 ");
        Directory.Exists(Path.Combine(_world.MirrorFolder, "pubring.kbx")).ShouldBeFalse();
    }

    private Task<TestKey> KeyAsync(string kind, string algorithm = "ed25519") =>
        kind == "openpgp" ? _signer.OpenPgpAsync(algorithm)
        : algorithm.StartsWith("rsa", StringComparison.Ordinal)
            ? _signer.SshAsync("rsa", int.Parse(algorithm[3..], CultureInfo.InvariantCulture))
        : _signer.SshAsync(algorithm);

    private async Task<CommitSignature> VerifyAsync(CommitId commit, params SigningKey[] keys)
    {
        var found = await AskAsync(commit, keys);
        found.Problem.ShouldBeNull();
        return found.Value;
    }

    private async Task<Result<CommitSignature>> AskAsync(CommitId commit, params SigningKey[] keys)
    {
        (await _world.FetchMainAsync()).ShouldBe(commit);
        return await _world.Mirror.VerifyAsync(commit, keys, default);
    }

    private async Task ShouldProveNothingAsync(string commit, TestKey key, string because)
    {
        var found = await VerifyAsync(await WriteAsync(commit), key.Key);
        found.Fingerprint.ShouldBeNull();
        found.Because.ShouldContain(because);
    }

    /// <summary>Settings that would let anything pass, and a program that says so and leaves a mark.</summary>
    private async Task<string> PlantAsync(string fingerprint, string signers)
    {
        var (program, marker) = (Path.Combine(_world.Folder, "evil.sh"), Path.Combine(_world.Folder, "marker"));
        var said = $"Good \\\"git\\\" signature for {fingerprint} with ED25519 key {fingerprint}";
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ntouch {marker}\necho \"{said}\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var key in (string[])["gpg.program", "gpg.ssh.program", "gpg.openpgp.program"])
            await TestGit.RunAsync(_world.MirrorFolder, "config", key, program);
        await TestGit.RunAsync(_world.MirrorFolder, "config", "gpg.ssh.allowedSignersFile", signers);
        return marker;
    }

    private async Task<string> OtherAsync() =>
        (await _world.Repository.CommitAsync("other", ("b.txt", "2"))).ToString();

    private Task<string> ReadAsync(CommitId commit) => TestSigner.ReadAsync(_world.Repository, commit);

    private Task<CommitId> WriteAsync(string commit) => TestSigner.WriteAsync(_world.Repository, commit);
}
