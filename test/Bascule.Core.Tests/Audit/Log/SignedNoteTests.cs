using System.Text;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

[Trait("Threat", "T118")]
public sealed class SignedNoteTests
{
    private const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string ExampleNote =
        "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static readonly byte[] _seed = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    [Fact]
    public void OpensTheExampleOfTheSpecification()
    {
        using var key = NoteKey.Parse(ExampleKey).Value;

        var note = SignedNote.Parse(ExampleNote).ShouldNotBeNull();

        note.Text.ShouldBe("This is an example message.\n");
        note.Opens(key).ShouldBeTrue();
        (note.ToString(), key.ToString()).ShouldBe((ExampleNote, ExampleKey));
    }

    [Fact]
    public void SignsWhatItsOwnKeyOpens()
    {
        using var signer = new NoteSigner("log.example.com/audit", _seed);
        var text = "a text\n\nwith an empty line\n";

        var note = new SignedNote(text, []).With(signer.Sign(text));

        var read = SignedNote.Parse(Encoding.UTF8.GetBytes(note.ToString())).ShouldNotBeNull();
        read.Text.ShouldBe(text);
        using var key = NoteKey.Parse(signer.Key.ToString()).Value;
        read.Opens(key).ShouldBeTrue();
        (read with { Text = "another text\n" }).Opens(key).ShouldBeFalse();
    }

    [Fact]
    public void ReadsOverKeysThatItDoesNotKnowAndRefusesALieAboutOneThatItDoes()
    {
        using var signer = new NoteSigner("log.example.com", _seed);
        using var stranger = new NoteSigner("witness.example.org", new byte[32]);
        var good = new SignedNote("text\n", []).With(signer.Sign("text\n")).With(stranger.Sign("text\n"));
        var lie = good.With(signer.Sign("another\n"));

        good.Opens(signer.Key).ShouldBeTrue();
        lie.Opens(signer.Key).ShouldBeFalse();
        new SignedNote("text\n", [stranger.Sign("text\n")]).Opens(signer.Key).ShouldBeFalse();
    }

    [Fact]
    public void CosignsWithTheTimeAndTakesNoOtherTime()
    {
        using var signer = new NoteSigner("witness.example.org", _seed);
        var checkpoint = new Checkpoint("log.example.com/audit", 3, TreeHash.Empty);
        var at = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

        var line = signer.Cosign(checkpoint, at);

        signer.CosignatureKey.Verifies(checkpoint.Text, line.Payload).ShouldBeTrue();
        Cosignature.TimeOf(line.Payload).ShouldBe(1_790_000_000UL);
        byte[] later = [.. line.Payload];
        later[11]++;
        signer.CosignatureKey.Verifies(checkpoint.Text, later).ShouldBeFalse();
        signer.Key.Verifies(checkpoint.Text, line.Payload).ShouldBeFalse();
    }

    [Theory]
    [InlineData("no signature\n")]
    [InlineData("text\n\nno dash here AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 two names AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 name not-base64\n")]
    [InlineData("text\n\n\u2014 name AAAA\n")]
    [InlineData("te\txt\n\n\u2014 name AAAAAAA=\n")]
    [InlineData("text\r\n\n\u2014 name AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 name AAAAAAA=")]
    public void RefusesWhatIsNoNote(string note) => SignedNote.Parse(note).ShouldBeNull();

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void ReadsOnlySoManySignatures(int count, bool isRead)
    {
        var lines = Enumerable.Repeat("\u2014 name AAAAAAA=\n", count);

        (SignedNote.Parse($"text\n\n{string.Concat(lines)}") is not null).ShouldBe(isRead);
    }

    [Fact]
    public void RefusesBrokenUtf8AndNotesOfAnySize()
    {
        byte[] broken = [.. Encoding.UTF8.GetBytes(ExampleNote)];
        broken[3] = 0xff;

        SignedNote.Parse((ReadOnlySpan<byte>)broken).ShouldBeNull();
        SignedNote.Parse(new byte[SignedNote.MostBytes + 1]).ShouldBeNull();
    }

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/fou+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U")]
    [InlineData("example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo")]
    [InlineData("")]
    public void RefusesAKeyThatWasChangedOrCut(string key) =>
        NoteKey.Parse(key).Problem.ShouldNotBeNull().Message.ShouldContain("no verifier key");
}
