using Bascule.Server.Reports;

namespace Bascule.Server.Tests.Reports;

[Trait("Threat", "T123")]
[Trait("Threat", "T155")]
public sealed class MarkdownTests
{
    [Theory]
    [InlineData("rmse", "`rmse`")]
    [InlineData("a`b``c", "`a'b''c`")]
    [InlineData("a|b", "`a¦b`")]
    [InlineData(@"a\|b", @"`a\¦b`")]
    [InlineData(@"a\\|b", @"`a\\¦b`")]
    [InlineData("a\r\nb\u001b[31m\u202ec", "`a bc`")]
    [InlineData("", "` `")]
    [InlineData("\u200b", "` `")]
    public void ACodeSpanHasNoWayOut(string text, string expected) => Markdown.Code(text).ShouldBe(expected);

    [Theory]
    [InlineData("[a](http://x)")]
    [InlineData("![a](https://x/beacon.png)")]
    [InlineData("<img src=https://x>")]
    [InlineData("<details><script>alert(1)</script>")]
    [InlineData("@everyone @ana")]
    [InlineData("https://x.example.com www.example.com")]
    [InlineData("**bold** _it_ ~~no~~ `code` | cell")]
    [InlineData("&lt;img&gt; \\<b\\>")]
    [InlineData("# heading\n- item\n> quote")]
    public void ASentenceHoldsNoMarkup(string text)
    {
        var sentence = Markdown.Sentence(text);

        sentence.ShouldNotContain("\n");
        sentence.ShouldNotContain("<");
        sentence.ShouldNotContain(">");
        sentence.ShouldNotContain("://");
        sentence.ShouldNotContain("www.");
        Unescaped(sentence, "`*_[]!|~#").ShouldBeEmpty();
        System.Text.RegularExpressions.Regex.IsMatch(sentence, "@[A-Za-z]").ShouldBeFalse();
        System.Text.RegularExpressions.Regex.IsMatch(sentence, "&(?!lt;|gt;|amp;)").ShouldBeFalse();
    }

    [Theory]
    [InlineData("plain", "```")]
    [InlineData("```\n![x](http://y)", "````")]
    [InlineData("a ``````` b", "````````")]
    public void AFenceIsLongerThanAnyInTheLog(string log, string fence)
    {
        var block = Markdown.Block(log, 1000).Split('\n');

        block[0].ShouldBe(fence + "text");
        block[^1].ShouldBe(fence);
        block[1..^1].ShouldAllBe(line => !line.StartsWith(fence, StringComparison.Ordinal));
    }

    [Fact]
    public void TenMegabytesAreCut()
    {
        var huge = new string('x', 10 * 1024 * 1024);

        Markdown.Code(huge).Length.ShouldBeLessThan(300);
        Markdown.Sentence(huge).Length.ShouldBeLessThan(1100);
        Markdown.Block(huge, 2500).Length.ShouldBeLessThan(2600);
    }

    [Fact]
    public void ALinksAddressCannotEndEarly() =>
        Markdown.Destination("https://x/a)b(c").ShouldBe("https://x/a%29b%28c");

    private static string Unescaped(string text, string marks) =>
        string.Concat(text.Where((mark, at) => marks.Contains(mark) && (at == 0 || text[at - 1] != '\\')));
}
