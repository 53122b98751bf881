using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Provenance.Statements;

namespace Bascule.Core.Tests.Provenance;

public sealed class StatementTests
{
    [Fact]
    public void ARunsStatementNamesCommitContentAndTree()
    {
        var statement = Read(RunStatement.Write(SampleEvidence.Full()));

        ((string)statement["_type"]!).ShouldBe("https://in-toto.io/Statement/v1");
        ((string)statement["predicateType"]!).ShouldBe("https://bascule.dev/provenance/run/v1");
        var digests = statement["subject"]!.AsArray().Select(one => one!["digest"]!.ToJsonString());
        digests.ShouldBe([
            $$"""{"gitCommit":"{{SampleEvidence.Full().Run.Commit}}"}""",
            $$"""{"sha256":"{{new string('c', 64)}}"}""",
            $$"""{"sha256":"{{SampleEvidence.Tree}}"}""",
        ]);
    }

    [Fact]
    public void ItSaysWhoByWhichRuleUnderWhoseApprovalAndWhatCameOut()
    {
        var predicate = Read(RunStatement.Write(SampleEvidence.Full()))["predicate"]!;

        ((string)predicate["by"]![0]!["party"]!).ShouldBe("person:p-ana");
        ((string)predicate["by"]![0]!["assurance"]!).ShouldBe("proven");
        ((string)predicate["decision"]!["rule"]!).ShouldBe("environments.ml-prod.branches");
        ((string)predicate["decision"]!["approvals"]![0]!["id"]!).ShouldBe("a-1");
        ((string)predicate["source"]!["uri"]!).ShouldBe("git+https://git.example.com/ml/churn@refs/heads/main");
        ((string)predicate["platform"]!["run"]!).ShouldBe("8123");
        ((string)predicate["result"]!["state"]!).ShouldBe("succeeded");
        ((string)predicate["audit"]!["delivery"]!).ShouldBe("d-1");
    }

    /// <summary>Pseudonyms alone: nobody's name, account or words.</summary>
    [Fact]
    public void NoPersonalDataStandsInAStatement()
    {
        var evidence = SampleEvidence.Full();
        var text =
            Encoding.UTF8.GetString(RunStatement.Write(evidence))
            + Encoding.UTF8.GetString(SlsaStatement.Write(evidence)!);

        foreach (var word in new[] { "ana.secret", "Ana's", "Bob's" })
            text.ShouldNotContain(word);
    }

    /// <summary>A commit id is SHA-1: who makes two trees of one id is told apart by the SHA-256 of what was exported.</summary>
    [Fact]
    [Trait("Threat", "T72")]
    public void TwoTreesOfOneCommitIdDiffer()
    {
        var one = SampleEvidence.Full();
        var other = one with { Run = one.Run with { TreeDigest = new string('8', 64) } };

        TreeOf(one).ShouldNotBe(TreeOf(other));
        RunStatement.Write(one).ShouldNotBe(RunStatement.Write(other));
        SlsaStatement.Write(one).ShouldNotBe(SlsaStatement.Write(other));

        static string TreeOf(RunEvidence evidence) =>
            (string)Read(RunStatement.Write(evidence))["subject"]![2]!["digest"]!["sha256"]!;
    }

    [Fact]
    public void ProvenanceOfAModelNamesThePlatformAsItsBuilder()
    {
        var statement = Read(SlsaStatement.Write(SampleEvidence.Full())!);

        var predicate = statement["predicate"]!;
        ((string)predicate["runDetails"]!["builder"]!["id"]!).ShouldBe("https://adb-1.example.net");
        ((string)predicate["buildDefinition"]!["buildType"]!).ShouldBe(
            "https://bascule.dev/provenance/build/databricks/v1"
        );
        var dependency = predicate["buildDefinition"]!["resolvedDependencies"]![0]!;
        ((string)dependency["uri"]!).ShouldBe("git+https://git.example.com/ml/churn@refs/heads/main");
        ((string)dependency["digest"]!["gitCommit"]!).ShouldBe(SampleEvidence.Full().Run.Commit.ToString());
        ((string)predicate["buildDefinition"]!["externalParameters"]!["plan"]!["kind"]!).ShouldBe("databricks");
        ((string)predicate["runDetails"]!["metadata"]!["startedOn"]!).ShouldEndWith("Z");
        statement.ToJsonString().ShouldNotContain("slsaLevel");
    }

    [Fact]
    public void AModelWithoutADigestIsNamedByItsPlaceInTheRegistryAndSaysSo()
    {
        var subject = Read(SlsaStatement.Write(SampleEvidence.Full())!)["subject"]![0]!;

        ((string)subject["name"]!).ShouldBe("models:/main.churn.classifier/7");
        subject["digest"]!.AsObject().Select(one => one.Key).ShouldBe(["basculeModelRecord"]);
        ((string)subject["annotations"]!["digest"]!).ShouldContain("tells no digest");
    }

    [Fact]
    public void ADigestThatThePlatformTellsIsTheModels()
    {
        var evidence = SampleEvidence.Full();
        var model = evidence.Models[0] with { Sha256 = new string('e', 64) };

        var statement = Read(RunStatement.Write(evidence with { Models = [model] }));

        ((string)statement["subject"]![3]!["digest"]!["sha256"]!).ShouldBe(model.Sha256);
    }

    [Fact]
    public void WhereNothingWasBuiltNothingIsSaidOfABuild()
    {
        var evidence = SampleEvidence.Full();

        SlsaStatement.Write(evidence with { Models = [] }).ShouldBeNull();
        SlsaStatement.Write(evidence with { Platform = null }).ShouldBeNull();
    }

    private static JsonNode Read(byte[] statement) => JsonNode.Parse(statement)!;
}
