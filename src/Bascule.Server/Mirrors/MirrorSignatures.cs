using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Server.Mirrors;

/// <summary>
/// Has git check a commit's signature by some keys: ssh-keygen and gpg do the cryptography, with a list of signers and a key ring that hold these keys alone.
/// Nothing of the mirror's configuration or of the repository's files takes part (THREATS T144).
/// </summary>
internal sealed class MirrorSignatures(MirrorFolder folder, GitCommand git, MirrorOptions options)
{
    /// <summary>Of a commit whose signature is looked at.</summary>
    private const int MaxCommit = 1024 * 1024;
    private const int Sha256Length = 64;

    private readonly SignatureTools _tools = new(options);

    public async Task<Result<CommitSignature>> VerifyAsync(
        ObjectReader reader,
        CommitId commit,
        IReadOnlyCollection<SigningKey> keys,
        CancellationToken cancellationToken
    )
    {
        var id = commit.ToString();
        var read = await reader.ReadAsync("commit", [id], options.MaxTreeObjectBytes, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value[0].Length > MaxCommit)
            return CommitSignature.None($"its commit has more than {MaxCommit} bytes");
        var signed = SignedCommit.Parse(read.Value[0], id.Length == Sha256Length);
        var fitting = keys.Where(key => key.Kind == signed.Kind).ToList();
        return signed.Kind switch
        {
            SigningKeyKind.Ssh => await VerifySshAsync(id, fitting, cancellationToken),
            SigningKeyKind.OpenPgp => await VerifyOpenPgpAsync(id, fitting, cancellationToken),
            _ => CommitSignature.None(signed.Because),
        };
    }

    private async Task<Result<CommitSignature>> VerifySshAsync(
        string commit,
        List<SigningKey> keys,
        CancellationToken cancellationToken
    )
    {
        var program = _tools.FindSshKeygen();
        if (program.Failed(out var missing))
            return missing;
        var place = Directory.CreateTempSubdirectory("bascule-ssh-");
        try
        {
            var signers = Path.Combine(place.FullName, "signers");
            // Whoever stands beside a key is its fingerprint: so it is known whose signature it is.
            var lines = keys.Select(key => $"{key.Fingerprint} namespaces=\"git\" {key.Material}");
            await File.WriteAllLinesAsync(signers, lines, cancellationToken);
            (string, string)[] settings = [("gpg.ssh.program", program.Value), ("gpg.ssh.allowedSignersFile", signers)];
            var output = await RunAsync(commit, settings, place.FullName, cancellationToken);
            if (output.End != GitEnd.Exited)
                return TooSlow();
            var good = output.Worked ? SignatureReport.GoodSsh(output.Error) : null;
            return good is not null && keys.Exists(key => key.Fingerprint == good)
                ? CommitSignature.By(good)
                : CommitSignature.None(WhyNotSsh(output.Error));
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static string WhyNotSsh(string text) =>
        SignatureReport.StrangeSsh(text) is { } key
            ? $"it is signed with {key}, which nobody whose account is linked here has confirmed"
            : "its signature is of something else, or damaged";

    private async Task<Result<CommitSignature>> VerifyOpenPgpAsync(
        string commit,
        List<SigningKey> keys,
        CancellationToken cancellationToken
    )
    {
        var program = _tools.FindGpg();
        if (program.Failed(out var missing))
            return missing;
        using var home = new GpgHome(program.Value);
        if (keys.Count > 0)
            await home.ImportAsync(keys.Select(key => key.Material), cancellationToken);
        (string, string)[] settings = [("gpg.program", program.Value), ("gpg.openpgp.program", program.Value)];
        var output = await RunAsync(commit, settings, home.Path, cancellationToken);
        if (output.End != GitEnd.Exited)
            return TooSlow();
        if (!output.Worked || SignatureReport.GoodOpenPgp(output.Error) is not var (signing, primary))
            return CommitSignature.None(SignatureReport.WhyNotOpenPgp(output.Error));
        if (keys.TrueForAll(key => key.Fingerprint != primary))
            return CommitSignature.None(
                $"it is signed with {primary}, which nobody whose account is linked here has confirmed"
            );
        var part = (await home.ListAsync(cancellationToken))
            .Where(key => key.Primary.Fingerprint == primary)
            .SelectMany(key => key.Parts)
            .FirstOrDefault(part => part.Fingerprint == signing);
        return part is { Weakness: null }
            ? CommitSignature.By(primary)
            : CommitSignature.None(part?.Weakness ?? "the key that signed it cannot be found again");
    }

    private Task<GitOutput> RunAsync(
        string commit,
        IReadOnlyList<(string Key, string Value)> settings,
        string place,
        CancellationToken cancellationToken
    )
    {
        var call = new GitCall(folder.Path, ["verify-commit", "--raw", commit])
        {
            Timeout = options.ReadTimeout,
            // In the environment, where they win over everything that the mirror says; whatever is not named cannot be started.
            Settings =
            [
                ("gpg.program", "/bin/false"),
                ("gpg.openpgp.program", "/bin/false"),
                ("gpg.x509.program", "/bin/false"),
                ("gpg.ssh.program", "/bin/false"),
                ("gpg.ssh.allowedSignersFile", "/dev/null"),
                ("gpg.minTrustLevel", "undefined"),
                ("advice.graftFileDeprecated", "false"), // what is read has no other line
                .. settings,
            ],
            Place = place,
        };
        return git.RunAsync(call, CancellationToken.None, cancellationToken);
    }

    private Problem TooSlow() =>
        Problem.Limited($"checking a signature took longer than {options.ReadTimeout.TotalSeconds:0} seconds");
}
