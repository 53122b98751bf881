using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Keys;
using Bascule.Testing.Keys;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>The real program verifies files: what it says, how it ends, and that it calls nobody.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private const string Commit = "9f3ac710000000000000000000000000000001a0";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-verify-").FullName;
    private readonly TestSigner _signer = new();

    public VerifyCommandTests() => Write("key.pem", Encoding.ASCII.GetBytes(_signer.Key.ToPem()));

    public void Dispose()
    {
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task SaysWhoRanWhatFromWhichCommitApprovedByWhom()
    {
        Write("run.intoto.jsonl", _signer.Envelope(Statement("https://bascule.example.com")).ToJson());

        var verified = await RunAsync(
            "verify",
            "run.intoto.jsonl",
            "--key",
            "key.pem",
            "--subject",
            $"gitCommit:{Commit}"
        );

        verified.ExitCode.ShouldBe(0, verified.Errors);
        verified.Output.ShouldContain("verified: https://bascule.dev/provenance/run/v1");
        verified.Output.ShouldContain(Commit);
        verified.Output.ShouldContain("person:p-ana: pushed through Bascule (proven)");
        verified.Output.ShouldContain("person:p-bob at 2026-11-20T12:00:00.000Z");
    }

    [Fact]
    public async Task EndsWithOneAndNamesWhatFailed()
    {
        using var other = new TestSigner();
        Write("other.pem", Encoding.ASCII.GetBytes(other.Key.ToPem()));
        Write("run.sigstore.json", SigstoreBundle.Write(_signer.Envelope(Statement("x"))));

        var forged = await RunAsync("verify", "run.sigstore.json", "--key", "other.pem");
        var about = await RunAsync("verify", "run.sigstore.json", "--key", "key.pem", "--subject", "gitCommit:00");
        var json = await RunAsync("verify", "run.sigstore.json", "--key", "other.pem", "--json");

        (forged.ExitCode, about.ExitCode, json.ExitCode).ShouldBe((1, 1, 1));
        forged.Output.ShouldContain("DOES NOT VERIFY: signature: ");
        about.Output.ShouldContain("DOES NOT VERIFY: subject: ");
        var told = JsonNode.Parse(json.Output)!;
        ((bool)told["verified"]!).ShouldBeFalse();
        told["statements"]![0]!["statement"].ShouldBeNull("nothing unverified is shown");
    }

    [Fact]
    public async Task WithoutKeysItSaysWhereToGetThem()
    {
        Write("run.json", _signer.Envelope(Statement("x")).ToJson());

        var refused = await RunAsync("verify", "run.json");
        var missing = await RunAsync("verify", "no-such-file.json", "--key", "key.pem");

        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldContain("/provenance/keys");
        missing.ExitCode.ShouldBe(3);
    }

    /// <summary>Addresses stand everywhere that a verifier might follow one; and whatever asked by HTTP would ask the proxy.</summary>
    [Fact]
    [Trait("Threat", "T83")]
    public async Task NothingInAStatementMakesItCallAnybody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        var payload = Statement(url);
        var signature = _signer.Sign(Core.Provenance.InToto.Statement.PayloadType, payload, keyId: $"{url}/key.pem");
        var envelope = new DsseEnvelope(Core.Provenance.InToto.Statement.PayloadType, payload, [signature]);
        var bundle = JsonNode.Parse(SigstoreBundle.Write(envelope))!;
        bundle["verificationMaterial"]!["x509CertificateChain"] = url;
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray(new JsonObject { ["logUrl"] = url });
        Write("hostile.sigstore.json", CanonicalJson.Serialize(bundle));
        Write("other.pem", Encoding.ASCII.GetBytes(VerificationKeys.ToPem([_signer.Key])));

        var believed = await ThroughAsync(url, "verify", "hostile.sigstore.json", "--key", "other.pem");
        var refused = await ThroughAsync(
            url,
            "verify",
            "hostile.sigstore.json",
            "--key",
            "key.pem",
            "--subject",
            "gitCommit:00"
        );

        (believed.ExitCode, refused.ExitCode).ShouldBe((0, 1));
        listener.Pending().ShouldBeFalse("nobody was called");
    }

    private static byte[] Statement(string url)
    {
        var subject = new StatementSubject("commit", new Dictionary<string, string> { ["gitCommit"] = Commit })
        {
            Address = new Uri(url, UriKind.RelativeOrAbsolute),
        };
        var predicate = new JsonObject
        {
            ["run"] = new JsonObject { ["id"] = "0123456789", ["workflow"] = "churn" },
            ["source"] = new JsonObject
            {
                ["commit"] = Commit,
                ["ref"] = "refs/heads/main",
                ["uri"] = url,
            },
            ["by"] = new JsonArray(
                new JsonObject
                {
                    ["party"] = "person:p-ana",
                    ["how"] = "pushed through Bascule",
                    ["assurance"] = "proven",
                }
            ),
            ["decision"] = new JsonObject
            {
                ["approvals"] = new JsonArray(
                    new JsonObject
                    {
                        ["id"] = "a-1",
                        ["by"] = "person:p-bob",
                        ["at"] = "2026-11-20T12:00:00.000Z",
                        ["where"] = "bascule",
                    }
                ),
            },
            ["result"] = new JsonObject { ["state"] = "succeeded" },
            ["platform"] = new JsonObject { ["address"] = url },
            ["attested"] = new JsonObject { ["by"] = url, ["at"] = "2026-11-20T12:01:00.000Z" },
            ["$schema"] = url,
        };
        return Core.Provenance.InToto.Statement.Write([subject], "https://bascule.dev/provenance/run/v1", predicate);
    }

    private void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder, name), content);

    private Task<BasculeCommand> RunAsync(params string[] arguments) => BasculeCommand.RunAsync(_folder, arguments);

    private async Task<BasculeCommand> ThroughAsync(string proxy, string verb, params string[] arguments)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "bascule.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, verb, .. arguments])
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in new[] { "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" }
        )
            start.Environment[name] = proxy;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new BasculeCommand(process.ExitCode, output, await errors);
    }
}
