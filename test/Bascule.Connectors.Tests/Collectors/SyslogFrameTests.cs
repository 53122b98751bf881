using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bascule.Connectors.Collectors.Syslog;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Tests.Collectors;

public sealed partial class SyslogFrameTests
{
    private readonly SyslogFrame _frames = new("box-1.example.com", 811, 61234, 8192);

    [Fact]
    public void AFrameSaysItsLengthAndAMessageIsOfRfc5424()
    {
        var entry = Entries.Of(4711);

        var frame = Encoding.UTF8.GetString(_frames.Write(entry, 42));

        frame.ShouldBe(
            $"{Length(frame)} <109>1 2026-11-21T12:00:00.250Z box-1.example.com bascule 811 run.decided "
                + $"[bascule@61234 sequence=\"42\" index=\"4711\" leaf_hash=\"{entry.LeafHash}\" type=\"run.decided\"] \ufeff{Entries.Text(entry)}"
        );
    }

    [Theory]
    [Trait("Threat", "T113")]
    [MemberData(nameof(Entries.Hostile), MemberType = typeof(Entries))]
    public void NothingThatOthersWroteLeavesTheMessage(string wanted, string text)
    {
        var frame = Encoding.UTF8.GetString(_frames.Write(Entries.Of(0, text), 1));

        Message().IsMatch(frame).ShouldBeTrue(wanted);
        Shown.ShouldBeHarmless(frame.Replace("\ufeff", "", StringComparison.Ordinal));
        frame[..frame.IndexOf(' ', StringComparison.Ordinal)]
            .ShouldBe(Length(frame).ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("", "-")]
    [InlineData("b o\nx é", "box")]
    [InlineData("[evil] \"x\"", "[evil]\"x\"")]
    public void AHostNameIsPrintableAscii(string name, string written)
    {
        var frame = new SyslogFrame(name, 1, 61234, 8192).Write(Entries.Of(0), 1);

        Encoding.UTF8.GetString(frame).Split(' ')[3].ShouldBe(written);
    }

    [Fact]
    public void WhatIsNoEntryHasNoTimeAndNoType()
    {
        var frame = Encoding.UTF8.GetString(_frames.Write(new ShippedEntry(0, "{}"u8.ToArray()), 1));

        frame.ShouldContain("<109>1 - box-1.example.com bascule 811 unknown [");
    }

    [Fact]
    public void TheLimitCountsTheMessageAlone()
    {
        var entry = Entries.Of(0, new string('é', 900));
        var whole = _frames.Write(entry, 1);
        var length = Length(Encoding.UTF8.GetString(whole));

        new SyslogFrame("box-1.example.com", 811, 61234, length).Write(entry, 1).ShouldBe(whole);
        Encoding
            .UTF8.GetString(new SyslogFrame("box-1.example.com", 811, 61234, length - 1).Write(entry, 1))
            .ShouldContain("cut=\"true\"");
    }

    private static int Length(string frame) =>
        Encoding.UTF8.GetByteCount(frame[(frame.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    [GeneratedRegex(
        """\A[1-9][0-9]* <109>1 [0-9TZ:.-]+ [!-~]+ bascule [0-9]+ [!-~]{1,32} \[bascule@61234( [a-z_]+="[^"\\\]]*")+\] \ufeff[^\n\r]*\z"""
    )]
    private static partial Regex Message();
}
