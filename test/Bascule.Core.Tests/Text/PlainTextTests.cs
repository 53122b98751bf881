using System.Text;
using Bascule.Core.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Text;

[Trait("Threat", "T113")]
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain text stays", "retrain, μ=0.5 – 数据 👩‍🔬", "retrain, μ=0.5 – 数据 👩‍🔬")]
    [InlineData("colours", "\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("eight-bit colours", "\u009b31mred", "red")]
    [InlineData("a title", "a\u001b]0;owned\u0007b", "ab")]
    [InlineData("a link", "\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\", "click")]
    [InlineData("a broken title hides nothing", "a\u001b]0;rest of the log", "a0;rest of the log")]
    [InlineData("a character set", "\u001b(Bx", "x")]
    [InlineData("a lone escape", "x\u001b", "x")]
    [InlineData("a forged line", "main\r\nERROR fake", "main ERROR fake")]
    [InlineData("other line breaks", "a\u2028b\u2029c\u0085d\u000be", "a b c d e")]
    [InlineData("NUL, bell and backspace", "a\0b\u0007c\bd", "abcd")]
    [InlineData("bidi overrides", "safe\u202egnp.exe\u202c \u2066x\u2069\u200e\u200f\u061c", "safegnp.exe x")]
    [InlineData("zero width and byte order mark", "ad\u200bmin\ufeff", "admin")]
    [InlineData("white space", "  a \t\n  b  ", "a b")]
    [InlineData("nothing", null, "")]
    public void MakesOneLineOf(string what, string? text, string expected) =>
        PlainText.Line(text, 100).ShouldBe(expected, what);

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("abcd🚀ef", 6, "abcd…")]
    [InlineData("abc", 1, "…")]
    [InlineData("abc", 0, "")]
    public void CutsALineBetweenCharacters(string text, int max, string expected) =>
        PlainText.Line(text, max).ShouldBe(expected);

    [Fact]
    public void KeepsTheLinesAndTabsOfABlock() =>
        PlainText
            .Block("one\r\n\ttwo\u001b[2K\n10 %\r20 %\u202e\0\u2028end", 1000)
            .ShouldBe("one\n\ttwo\n10 %\n20 %\nend");

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abc…")]
    [InlineData("äöüß", 7, "äö…")]
    [InlineData("abcdef", 2, "")]
    public void CutsABlockByBytes(string text, int max, string expected) =>
        PlainText.Block(text, max).ShouldBe(expected);

    [Theory]
    [InlineData("one\ntwo\nthree", 100, "one\ntwo\nthree")]
    [InlineData("one\ntwo\nthree", 11, "two\nthree", "a cut line goes as a whole")]
    [InlineData("abcdef", 3, "def")]
    [InlineData("aä", 1, "")]
    public void KeepsTheEndOfALog(string text, int max, string expected, string why = "") =>
        PlainText.Tail(text, max).ShouldBe(expected, why);

    [Fact]
    public void MakesALoneSurrogateVisible() => PlainText.Line("a\ud800b", 10).ShouldBe("a\ufffdb");

    [Fact]
    public void NeverLetsAControlCharacterOrTooMuchThrough() =>
        Prop.ForAll<string, byte>(
                (text, max) =>
                    PlainText.Line(text, max) is var line
                    && !line.Any(char.IsControl)
                    && line.Length <= max
                    && PlainText.Block(text, max) is var block
                    && !block.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))
                    && Encoding.UTF8.GetByteCount(block) <= max
                    && Encoding.UTF8.GetByteCount(PlainText.Tail(text, max)) <= max
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void ReadsAnEndlessBrokenSequenceOnce() =>
        PlainText.Tail(string.Concat(Enumerable.Repeat("\u001b]x", 200_000)), 10).ShouldBe("xxxxxxxxxx");
}
