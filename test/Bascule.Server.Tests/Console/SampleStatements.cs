using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Testing.Keys;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Console;

/// <summary>What was signed of a run, by a key of the test.</summary>
internal static class SampleStatements
{
    public static void Add(LocalServer server, Run run)
    {
        using var signer = new TestSigner();
        var evidence = new RunEvidence
        {
            Run = run with { Plan = "{}", RepositoryName = "ml/churn" },
            Models = [new ModelVersion("dev.churn.classifier", "7", null)],
            Forge = new Uri("https://git.example.com"),
            Platform = new RunPlatform("databricks", "dbx", new Uri("https://dbx.example.com")),
            Bascule = new Uri("https://bascule.example.com"),
            Epoch = 1,
            At = run.CreatedAt.AddMinutes(1),
        };
        foreach (
            var (type, statement) in new[]
            {
                (ProvenanceNames.RunPredicate, RunStatement.Write(evidence)),
                (ProvenanceNames.SlsaPredicate, SlsaStatement.Write(evidence)!),
            }
        )
            server.Attestations.All.Add(
                new Attestation(run.Id, type, signer.Envelope(statement).ToJson(), signer.Key.Id, evidence.At)
            );
    }
}
