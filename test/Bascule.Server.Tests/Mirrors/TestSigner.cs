using System.Diagnostics;
using System.Text;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>Keys made by ssh-keygen and gpg for one test, and commits signed with them by git.</summary>
internal sealed class TestSigner : IDisposable
{
    private const string Who = "Ada <ada@example.com>";
    private readonly string _folder = Directory.CreateTempSubdirectory("bs-").FullName;
    private int _keys;

    /// <param name="type">ed25519, or rsa with its bits.</param>
    public async Task<TestKey> SshAsync(string type = "ed25519", int? bits = null)
    {
        var file = Path.Combine(_folder, $"ssh-{_keys++}");
        string[] size = bits is null ? [] : ["-b", $"{bits}"];
        await RunAsync("ssh-keygen", ["-q", "-t", type, .. size, "-N", "", "-f", file]);
        var key = SshPublicKey.Parse(await File.ReadAllTextAsync(file + ".pub")).ShouldNotBeNull();
        return new TestKey(
            new SigningKey(SigningKeyKind.Ssh, key.Fingerprint, key.Material),
            ["-c", "gpg.format=ssh", "-c", $"user.signingkey={file}.pub"]
        )
        {
            File = file,
        };
    }

    /// <param name="algorithm">As gpg's --quick-gen-key takes it.</param>
    /// <param name="time">When it is made, e.g. 20200101T000000; null for now.</param>
    public async Task<TestKey> OpenPgpAsync(string algorithm = "ed25519", string expires = "never", string? time = null)
    {
        var home = Directory.CreateDirectory(Path.Combine(_folder, $"g{_keys++}")).FullName;
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] common = ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
        if (time is not null)
            common = [.. common, "--faked-system-time", time];
        await RunAsync("gpg", [.. common, "--quick-gen-key", Who, algorithm, "sign", expires]);
        var listing = await RunAsync("gpg", ["--homedir", home, "--with-colons", "--list-keys"]);
        var fingerprint = listing
            .Split('\n')
            .First(line => line.StartsWith("fpr", StringComparison.Ordinal))
            .Split(':')[9];
        var program = Path.Combine(home, "sign.sh");
        var quoted = common.Select(argument => $"'{argument}'");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec gpg {string.Join(' ', quoted)} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new TestKey(
            new SigningKey(SigningKeyKind.OpenPgp, fingerprint, await ExportAsync(home)),
            ["-c", $"gpg.program={program}", "-c", $"user.signingkey={fingerprint}"]
        )
        {
            File = home,
        };
    }

    /// <summary>The same key after its owner has revoked it.</summary>
    public async Task<SigningKey> RevokeAsync(TestKey key)
    {
        var certificate = Path.Combine(key.File, "openpgp-revocs.d", key.Key.Fingerprint + ".rev");
        var text = await File.ReadAllTextAsync(certificate);
        await File.WriteAllTextAsync(certificate, text.Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal));
        await RunAsync("gpg", ["--homedir", key.File, "--batch", "--quiet", "--import", certificate]);
        return key.Key with { Material = await ExportAsync(key.File) };
    }

    /// <summary>A signed commit on top of main.</summary>
    public static async Task<CommitId> CommitAsync(OriginRepository repository, TestKey key, string message = "Signed")
    {
        var before = await repository.CommitAsync("main", ("a.txt", message));
        string[] identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
        var id = await repository.RunAsync([
            .. identity,
            .. key.Settings,
            "commit-tree",
            "-S",
            "-p",
            before.ToString(),
            "-m",
            message,
            $"{before}^{{tree}}",
        ]);
        await repository.RunAsync("update-ref", "refs/heads/main", id);
        return CommitId.Parse(id);
    }

    /// <summary>A commit as it is written, and the ref main at it.</summary>
    public static async Task<CommitId> WriteAsync(OriginRepository repository, string text)
    {
        var id = await repository.WriteAsync("commit", Encoding.Latin1.GetBytes(text));
        await repository.RunAsync("update-ref", "refs/heads/main", id);
        return CommitId.Parse(id);
    }

    public static async Task<string> ReadAsync(OriginRepository repository, CommitId commit) =>
        await repository.RunAsync("cat-file", "commit", commit.ToString()) + "\n";

    /// <summary>The header with the signature, its line end included.</summary>
    public static string SignatureOf(string commit)
    {
        var start = commit.IndexOf("gpgsig ", StringComparison.Ordinal);
        var end = start;
        do end = commit.IndexOf('\n', end) + 1;
        while (commit[end] == ' ');
        return commit[start..end];
    }

    /// <summary>Signs bytes by hand, for any purpose.</summary>
    public async Task<string> SignAsync(TestKey key, string text, string purpose)
    {
        var file = Path.Combine(_folder, $"text-{_keys++}");
        await File.WriteAllTextAsync(file, text, Encoding.Latin1);
        await RunAsync("ssh-keygen", ["-q", "-Y", "sign", "-n", purpose, "-f", key.File, file]);
        var lines = (await File.ReadAllTextAsync(file + ".sig")).TrimEnd('\n').Split('\n');
        return "gpgsig " + string.Join("\n ", lines) + "\n";
    }

    public void Dispose()
    {
        // An agent that gpg has started for signing ends when its folder is gone.
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<string> ExportAsync(string home) => RunAsync("gpg", ["--homedir", home, "--armor", "--export"]);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output;
    }
}

/// <param name="Settings">For git, so that it signs with the key.</param>
internal sealed record TestKey(SigningKey Key, string[] Settings)
{
    /// <summary>The private key of SSH, or the folder of gpg.</summary>
    public required string File { get; init; }
}
