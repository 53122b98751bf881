using System.Text;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

[Trait("Threat", "T118")]
public sealed class LogProofTests : IDisposable
{
    private const string Origin = "bascule.example.com/audit";

    private static readonly TreeHash[] _leaves = PlainTree.Leaves(13);

    private readonly NoteSigner _signer = new(Origin, new byte[32]);

    [Fact]
    public void ProvesAnEntryWithNothingButTheKey()
    {
        var read = LogProof.Parse(Encoding.UTF8.GetBytes(Proof(5).ToString())).ShouldNotBeNull();

        read.Verify(PlainTree.Entry(5), _signer.Key).Value.Size.ShouldBe(13);
        read.ToString().ShouldBe(Proof(5).ToString());
    }

    [Fact]
    public void RefusesAnotherEntryAnotherIndexAndAnotherKey()
    {
        using var other = new NoteSigner(Origin, [.. Enumerable.Repeat((byte)7, 32)]);
        using var elsewhere = new NoteSigner("other.example.com/audit", new byte[32]);

        Proof(5).Verify(PlainTree.Entry(6), _signer.Key).Problem.ShouldNotBeNull().Message.ShouldContain("index 5");
        (Proof(5) with { Index = 4 }).Verify(PlainTree.Entry(5), _signer.Key).Problem.ShouldNotBeNull();
        Proof(5).Verify(PlainTree.Entry(5), other.Key).Problem.ShouldNotBeNull().Message.ShouldContain("not signed");
        Proof(5)
            .Verify(PlainTree.Entry(5), elsewhere.Key)
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("of the log");
    }

    [Fact]
    public void RefusesEveryChangedByte()
    {
        var bytes = Encoding.UTF8.GetBytes(Proof(5).ToString());

        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. bytes];
                changed[at] ^= (byte)(1 << bit);
                var proof = LogProof.Parse(changed);
                (proof is null || proof.Verify(PlainTree.Entry(5), _signer.Key).Problem is not null).ShouldBeTrue(
                    $"byte {at}"
                );
            }
        }
    }

    [Fact]
    public void ReadsOverWhatIsNotAuthenticated()
    {
        var text = Proof(5).ToString().Replace("@v1\n", "@v1\nextra AAAA\n", StringComparison.Ordinal);

        LogProof
            .Parse(Encoding.UTF8.GetBytes(text))
            .ShouldNotBeNull()
            .Verify(PlainTree.Entry(5), _signer.Key)
            .Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("bascule.example.com/audit\n013\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("bascule.example.com/audit\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nextension\n")]
    [InlineData("bascule.example.com/audit\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("bascule.example.com/audit\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n")]
    [InlineData("bascule.example.com/audit\n1\n")]
    [InlineData("\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    public void RefusesWhatIsNoCheckpoint(string text) => Checkpoint.Parse(new SignedNote(text, [])).ShouldBeNull();

    [Theory]
    [InlineData("bascule.example.com/audit\n13\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("bascule.example.com/audit\n13\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n")]
    public void ReadsWhatIsACheckpoint(string text) =>
        Checkpoint.Parse(new SignedNote(text, [])).ShouldNotBeNull().Size.ShouldBe(13);

    public void Dispose() => _signer.Dispose();

    private LogProof Proof(int index)
    {
        var checkpoint = new Checkpoint(Origin, _leaves.Length, PlainTree.Root(_leaves));
        var note = new SignedNote(checkpoint.Text, []).With(_signer.Sign(checkpoint.Text));
        return new LogProof(index, PlainTree.Inclusion(index, _leaves), note);
    }
}
