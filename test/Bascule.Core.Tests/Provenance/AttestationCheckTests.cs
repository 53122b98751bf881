using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Provenance.Checking;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Statements;
using Bascule.Testing.Keys;

namespace Bascule.Core.Tests.Provenance;

public sealed class AttestationCheckTests : IDisposable
{
    private readonly TestSigner _signer = new();

    public void Dispose() => _signer.Dispose();

    [Fact]
    public void ASignedStatementIsBelievedAndTellsItsStory()
    {
        var evidence = SampleEvidence.Full();

        var checkedOne = AttestationCheck.Check(Signed(), [_signer.Key]).Value;

        checkedOne.At.ShouldBe(evidence.At);
        var story = StatementStory.Of(checkedOne.Statement).Select(line => $"{line.Label}: {line.Text}").ToList();
        story.ShouldContain("by: person:p-ana: pushed through Bascule (proven)");
        story.ShouldContain(line => line.StartsWith("approved by: person:p-bob at ", StringComparison.Ordinal));
        story.ShouldContain("made: main.churn.classifier version 7");
    }

    [Fact]
    public void WhatFailedIsNamed()
    {
        using var other = new TestSigner();
        var noon = SampleEvidence.Full().At;

        Failed(AttestationCheck.Check(Signed(), [other.Key])).ShouldStartWith("signature: ");
        Failed(AttestationCheck.Check(Signed(), [_signer.Key.Within(noon.AddMinutes(1), null)]))
            .ShouldStartWith("key: ");
        Failed(AttestationCheck.Check(Signed(), [_signer.Key.Within(null, noon)])).ShouldStartWith("key: ");
        Failed(AttestationCheck.Check(Signed(), [_signer.Key], ("gitCommit", "00"))).ShouldStartWith("subject: ");
        Failed(AttestationCheck.Check(_signer.Envelope("[]"u8.ToArray()), [_signer.Key]))
            .ShouldStartWith("statement: ");
        AttestationCheck.Check(Signed(), [_signer.Key.Within(noon, noon.AddMinutes(1))]).Problem.ShouldBeNull();
        AttestationCheck.Check(Signed(), [_signer.Key], ("sha256", SampleEvidence.Tree)).Problem.ShouldBeNull();
    }

    [Fact]
    public void AStatementThatHidesWhenItWasSignedIsNotBelievedUnderAKeyWithAnEnd()
    {
        var statement = JsonNode.Parse(RunStatement.Write(SampleEvidence.Full()))!;
        statement["predicate"]!.AsObject().Remove("attested");
        var envelope = _signer.Envelope(CanonicalJson.Serialize(statement));

        Failed(AttestationCheck.Check(envelope, [_signer.Key.Within(null, DateTimeOffset.MaxValue)]))
            .ShouldStartWith("key: ");
    }

    [Fact]
    public void AFileIsAnEnvelopeABundleOrLinesOfThem()
    {
        var envelope = Signed().ToJson();
        var bundle = SigstoreBundle.Write(Signed());

        Count(envelope).ShouldBe(1);
        Count(bundle).ShouldBe(1);
        Count([.. envelope, (byte)'\n', .. bundle, (byte)'\n']).ShouldBe(2);
        AttestationFile.Read("{}"u8.ToArray()).Problem.ShouldNotBeNull();
        AttestationFile.Read(""u8.ToArray()).Problem.ShouldNotBeNull();
        AttestationFile
            .Read((byte[])[.. envelope, (byte)'\n', (byte)'x'])
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("line 2");

        static int Count(byte[] file) => AttestationFile.Read(file).Value.Count;
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void ABranchCannotWriteIntoTheTerminal()
    {
        var statement = JsonNode.Parse(RunStatement.Write(SampleEvidence.Full()))!;
        statement["predicate"]!["source"]!["ref"] = "refs/heads/\u001b[2Jx\ny";

        var read = AttestationCheck.Check(_signer.Envelope(CanonicalJson.Serialize(statement)), [_signer.Key]).Value;

        StatementStory.Of(read.Statement).ShouldAllBe(line => !line.Text.Any(char.IsControl));
    }

    private DsseEnvelope Signed() => _signer.Envelope(RunStatement.Write(SampleEvidence.Full()));

    private static string Failed(Result<CheckedStatement> result) => result.Problem.ShouldNotBeNull().Message;
}
