using System.Text;
using Bascule.Server.GitProxy;

namespace Bascule.Server.Tests.GitProxy;

public sealed class PktLineTests
{
    [Fact]
    public async Task ReadsWhatItWrites()
    {
        using var stream = new MemoryStream();
        PktLine.Of("command=ls-refs\n").WriteTo(stream);
        new PktLine(PktKind.Delimiter, default).WriteTo(stream);
        new PktLine(PktKind.Flush, default).WriteTo(stream);
        new PktLine(PktKind.ResponseEnd, default).WriteTo(stream);

        Encoding.ASCII.GetString(stream.ToArray()).ShouldBe("0014command=ls-refs\n000100000002");
        stream.Position = 0;
        (await PktLine.ReadAsync(stream, default))!.Value.Text.ShouldBe("command=ls-refs");
        (await PktLine.ReadAsync(stream, default))!.Value.Kind.ShouldBe(PktKind.Delimiter);
        (await PktLine.ReadAsync(stream, default))!.Value.Kind.ShouldBe(PktKind.Flush);
        (await PktLine.ReadAsync(stream, default))!.Value.Kind.ShouldBe(PktKind.ResponseEnd);
        (await PktLine.ReadAsync(stream, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("cut in its length", "00")]
    [InlineData("no number", "00zz")]
    [InlineData("a sign", "+010aaaaaaaaaaaa")]
    [InlineData("the length 3", "0003")]
    [InlineData("longer than allowed", "fff1")]
    public async Task RefusesWhatIsNoPacket(string what, string bytes) =>
        await Should.ThrowAsync<InvalidDataException>(
            async () => await PktLine.ReadAsync(new MemoryStream(Encoding.ASCII.GetBytes(bytes)), default),
            what
        );

    [Fact]
    public async Task RefusesAPacketThatIsCutShort() =>
        await Should.ThrowAsync<EndOfStreamException>(async () =>
            await PktLine.ReadAsync(new MemoryStream("0010half"u8.ToArray()), default)
        );

    [Fact]
    public void RefusesToWriteMoreThanOnePacketHolds() =>
        Should.Throw<InvalidOperationException>(() =>
            new PktLine(PktKind.Data, new byte[PktLine.MaxData + 1]).WriteTo(new MemoryStream())
        );
}
