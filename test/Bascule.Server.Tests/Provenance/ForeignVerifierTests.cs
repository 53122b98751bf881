using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Platforms;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Runs;
using Bascule.Server.Provenance;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;
using Bascule.Testing;
using Bascule.Testing.Keys;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Provenance;

/// <summary>What a run's end left is judged by tools of others: npm's @sigstore/bundle and @sigstore/verify, and openssl.</summary>
public sealed class ForeignVerifierTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-foreign-").FullName;
    private ServerWorld _world = null!;
    private IReadOnlyList<Attestation> _made = [];
    private VerificationKey _key = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Platform.Results = new RunResults([], [new ModelVersion("main.churn", "2", null)], []);
        var run = await _world.EndAsync(new Observation(PlatformRunState.Succeeded, null, null, null));
        await _world.DrainAsync("attest");
        _made = await _world.Storage.Attestations.ListAsync(run.Id, default);
        _key = ProvenanceRecords.ToVerify((await _world.Get<ProvenanceKeys>().ListAsync(default)).Value[0]);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [NodeFact]
    public void SigstoreTakesOursAndRefusesWhateverWasChanged()
    {
        using var other = new TestSigner();
        var bundles = _made.Select(one => JsonNode.Parse(SigstoreBundle.Write(Read(one)))!.AsObject()).ToList();
        var pem = _key.ToPem();

        Ask([.. bundles.Select(bundle => (bundle, pem))]).ShouldBe(["", ""]);
        var refused = Ask(
            (Changed(bundles[0], "payload"), pem),
            (Changed(bundles[0], "sig"), pem),
            (Changed(bundles[0], "payloadType"), pem),
            (bundles[0], other.Key.ToPem())
        );

        refused.ShouldAllBe(
            told => told.StartsWith("SIGNATURE_ERROR", StringComparison.Ordinal),
            string.Join('\n', refused)
        );
    }

    /// <summary>The commands of docs/operations/provenance.md.</summary>
    [Fact]
    public void OpensslTakesTheKeyAndTheSignatureAndRefusesAnotherByte()
    {
        Write("key.pem", System.Text.Encoding.ASCII.GetBytes(_key.ToPem()));
        Write("run.intoto.jsonl", _made[0].Envelope.ToArray());
        var page = File.ReadAllText(RepositoryFolder.PathOf("docs/operations/provenance.md"));
        Write("take-apart.py", System.Text.Encoding.UTF8.GetBytes(page.Split("<<'EOF'\n")[1].Split("\nEOF")[0]));
        Run("python3", "take-apart.py", "run.intoto.jsonl").Code.ShouldBe(0);
        var changed = File.ReadAllBytes(Path.Combine(_folder, "signed"));
        changed[^2] ^= 1;
        Write("changed", changed);

        OpenSsl("pkey", "-pubin", "-in", "key.pem", "-noout", "-text").Text.ShouldContain("prime256v1");
        OpenSsl("pkey", "-pubin", "-in", "key.pem", "-outform", "DER", "-out", "key.der").Code.ShouldBe(0);
        OpenSsl("dgst", "-sha256", "key.der").Text.ShouldContain(_key.Id);
        OpenSsl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature.der", "signed")
            .ShouldBe((0, "Verified OK\n"));
        OpenSsl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature.der", "changed").Code.ShouldNotBe(0);
    }

    [NodeFact]
    public void WhatWasSignedFitsThePublishedSchema()
    {
        var payload = Read(_made.Single(one => ProvenanceRecords.KindOf(one) == "run")).Payload;
        var predicate = JsonNode.Parse(payload.Span)!["predicate"]!;
        var documents = new List<string> { predicate.ToJsonString() };
        predicate["by"]![0]!["party"] = "ada@example.com";
        documents.Add(predicate.ToJsonString());

        var faults = NodeOracle.Ask<List<List<string>>>(
            "schema.mjs",
            new { schema = RepositoryFolder.PathOf("schemas/run-provenance.schema.json"), documents }
        );

        faults[0].ShouldBeEmpty();
        faults[1].ShouldNotBeEmpty();
    }

    private static DsseEnvelope Read(Attestation attestation) => DsseReader.Parse(attestation.Envelope).Value;

    private static JsonObject Changed(JsonObject bundle, string what)
    {
        var copy = bundle.DeepClone().AsObject();
        var envelope = copy["dsseEnvelope"]!;
        if (what == "payloadType")
        {
            envelope[what] = "application/vnd.in-toto+jsox";
            return copy;
        }
        var place = what == "sig" ? envelope["signatures"]![0]! : envelope;
        var bytes = Convert.FromBase64String((string)place[what]!);
        bytes[^2] ^= 1;
        place[what] = Convert.ToBase64String(bytes);
        return copy;
    }

    /// <returns>Empty where it was taken, otherwise why not.</returns>
    private static List<string> Ask(params (JsonObject Bundle, string Pem)[] questions) =>
        NodeOracle.Ask<List<string>>(
            "bundle.mjs",
            questions.Select(one => new { bundle = JsonSerializer.SerializeToElement(one.Bundle), pem = one.Pem })
        );

    private void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder, name), content);

    private (int Code, string Text) OpenSsl(params string[] arguments) => Run("openssl", arguments);

    private (int Code, string Text) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = _folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
