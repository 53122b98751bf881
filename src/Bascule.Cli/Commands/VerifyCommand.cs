using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Provenance.Checking;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule verify</c>: whether a signed statement is to be believed, and what it says. A file is read without any network (THREATS T83).</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> What = new("run-or-file")
    {
        Description =
            "A run's id, which is asked of the server; or a file: .intoto.jsonl, a DSSE envelope, .sigstore.json.",
    };

    private static readonly Option<string[]> Key = new("--key")
    {
        Description = "Public keys to believe: PEM, or what a Bascule serves at /provenance/keys.",
        HelpName = "file",
    };

    private static readonly Option<bool> ServerKeys = new("--server-keys")
    {
        Description = "Ask the server for its keys; without it a file is verified without any connection.",
    };

    private static readonly Option<string?> Subject = new("--subject")
    {
        Description = "What it must be about, e.g. gitCommit:<hex> or sha256:<hex>.",
        HelpName = "algorithm:hex",
    };

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Verifies a signed statement about a run: who, what, from which commit, approved by whom."
        )
        {
            What,
            Key,
            ServerKeys,
            Subject,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var subject = ReadSubject(parsed.GetValue(Subject));
        if (subject.Failed(out var unclear))
            return output.Refuse(unclear);
        var what = parsed.GetValue(What)!;
        var isRun = RunId.IsWellFormed(what) && !File.Exists(what);
        var files = KeyFiles.Read(parsed.GetValue(Key) ?? []);
        if (files.Failed(out var unread))
            return output.Refuse(unread);
        var envelopes = isRun
            ? await VerifyFeature.AskAsync(parsed, what, cancellationToken)
            : VerifyFeature.ReadFile(what);
        if (envelopes.Failed(out var nothing))
            return output.Refuse(nothing);
        var asks = isRun ? files.Value.Count == 0 || parsed.GetValue(ServerKeys) : parsed.GetValue(ServerKeys);
        var keys = asks ? await VerifyFeature.AskKeysAsync(parsed, cancellationToken) : Result.Of(files.Value);
        if (keys.Failed(out var noKeys))
            return output.Refuse(noKeys);
        IReadOnlyList<VerificationKey> known = asks ? [.. files.Value, .. keys.Value] : files.Value;
        return known.Count == 0
            ? output.Refuse(
                Problem.Invalid(
                    "name the keys to believe: --key FILE. Fetch them once, over a connection that you trust: curl -O https://YOUR-BASCULE/provenance/keys; or ask the server now: --server-keys"
                )
            )
            : Show(output, envelopes.Value, known, subject.Value);
    }

    private static int Show(
        OutputFeature output,
        IReadOnlyList<DsseEnvelope> envelopes,
        IReadOnlyList<VerificationKey> keys,
        (string, string)? subject
    )
    {
        var results = envelopes.Select(one => AttestationCheck.Check(one, keys, subject)).ToList();
        var all = new VerifiedList(
            results.TrueForAll(one => one.Problem is null),
            [.. results.Select(VerifyFeature.Record)]
        );
        output.Write(all, ApiJson.Default.VerifiedList, () => ProvenanceText.Verified(results));
        return all.Verified ? ExitCodes.Success : ExitCodes.Negative;
    }

    private static Result<(string Algorithm, string Hex)?> ReadSubject(string? text)
    {
        if (text is null)
            return Result.Of<(string, string)?>(null);
        return text.Split(':') is [{ Length: > 0 } algorithm, { Length: > 0 } hex]
            ? Result.Of<(string, string)?>((algorithm, hex.ToLowerInvariant()))
            : Problem.Invalid($"--subject {text}: write algorithm and digest, e.g. gitCommit:<40 digits>");
    }
}
