using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.Evidence;

namespace Bascule.Core.Tests.Evidence;

public sealed class StatementFilesTests
{
    private static readonly byte[] Signed = Encoding.UTF8.GetBytes("signed");
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Signed));

    [Fact]
    public async Task TakesOnlyStatementsOfWhichTheLogHasTheDigest()
    {
        using var pack = await Pack.OfAsync(Pack.Days(0, 30), new Source(), Story().Log());

        pack.Made.Statements.ShouldBe(1);
        pack.Names.Where(name => name.StartsWith("attestations/", StringComparison.Ordinal))
            .ShouldBe([
                $"attestations/{Digest}.intoto.json",
                $"attestations/{Digest}.sigstore.json",
                "attestations/keys/abc.pem",
            ]);
        pack.Read($"attestations/{Digest}.intoto.json").ShouldBe("signed");
        pack.Rows("attestations.csv").Select(row => row["envelope_sha256"]).ShouldContain(Digest);
    }

    [Theory]
    [InlineData(ProblemCode.NotFound, true)]
    [InlineData(ProblemCode.Denied, true)]
    [InlineData(ProblemCode.Unavailable, false)]
    public async Task GoesOnWithoutWhatIsGoneAndNotWithoutWhatMayCome(ProblemCode code, bool isMade)
    {
        using var pack = new Pack();

        var made = await pack.WriteAsync(
            Pack.Days(0, 30),
            new Source { Problem = new Problem(code, "no") },
            Story().Log()
        );

        (made.Problem is null).ShouldBe(isMade);
        File.Exists(pack.File).ShouldBe(isMade);
    }

    private static EvidenceStory Story()
    {
        var story = EvidenceStory.Played();
        story.Add(AuditTypes.RunAttested, "bascule", EvidenceStory.Run, facts: new() { ["envelope_sha256"] = Digest });
        return story;
    }

    private sealed class Source : IStatementSource
    {
        public Problem? Problem { get; init; }

        public Task<Result<AttestationList>> ListAsync(string run, CancellationToken cancellationToken) =>
            Task.FromResult<Result<AttestationList>>(
                Problem is { } problem
                    ? problem
                    : new AttestationList([Of(Signed), Of(Encoding.UTF8.GetBytes("other"))])
            );

        public Task<Result<ProvenanceKeyList>> ListKeysAsync(CancellationToken cancellationToken) =>
            Task.FromResult<Result<ProvenanceKeyList>>(new ProvenanceKeyList([Key("abc"), Key("def"), Key("../x")]));

        private static AttestationRecord Of(byte[] envelope) =>
            new("type", "abc", EvidenceStory.Began, "unread", envelope, envelope);

        private static ProvenanceKeyRecord Key(string id) =>
            new(id, "local", "signing", EvidenceStory.Began, null, "PEM");
    }
}
