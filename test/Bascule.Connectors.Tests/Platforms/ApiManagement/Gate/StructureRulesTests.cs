using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

public sealed class StructureRulesTests
{
    private const string Fragment = "policy fragments/correlation/policy.xml";

    [Theory]
    [InlineData("<policy />", 1, "begins with 'policy'; write <policies>")]
    [InlineData("<Policies />", 1, "begins with 'Policies'; write <policies>")]
    public async Task APolicyBeginsAsTheServiceKnowsIt(string text, int line, string says) =>
        (await GateStage.CheckAsync(new ApimRules(), ("products/shop/policy.xml", text)))
            .Single()
            .ShouldStartWith($"products/shop/policy.xml:{line} Policy: {says}");

    [Fact]
    public async Task AFragmentBeginsAsOne() =>
        (await GateStage.CheckAsync(new ApimRules(), (Fragment, "<policies />")))
            .Single()
            .ShouldStartWith($"{Fragment}:1 Policy: begins with 'policies'; write <fragment>");

    [Theory]
    [InlineData("</inbound><Inbound /><inbound>", "has 'Inbound' below policies")]
    [InlineData("</inbound><inbound><base />", "has 'inbound' twice")]
    [InlineData("text", "has text directly in 'inbound'")]
    [InlineData("{{orders-url}}", "has text directly in 'inbound'")]
    [InlineData("<choose>{{orders-url}}</choose>", "has text directly in 'choose'")]
    [Trait("Threat", "T127")]
    public async Task NothingStandsWhereTheServiceMayReadItOtherwise(string piece, string says) =>
        (await GateStage.FindAsync(piece)).ShouldContain(one =>
            one.Contains($"Policy: {says}", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("<Send-Request />")]
    [InlineData("<check-headers />")]
    [InlineData("<choose><when condition=\"true\"><foo /></when></choose>")]
    public async Task AnUnknownElementIsAMatterOfTheRules(string piece)
    {
        var quiet = new ApimRules { UnknownElements = ApimStance.Allow };

        (await GateStage.FindAsync(piece)).ShouldContain(one =>
            one.Contains("which Microsoft's reference does not have there", StringComparison.Ordinal)
        );
        (await GateStage.FindAsync(piece, quiet)).ShouldNotContain(one =>
            one.Contains("Microsoft", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("inbound", "<inbound></inbound>")]
    [InlineData("outbound", "")]
    [InlineData("on-error", "<on-error><choose><when condition=\"true\"><base /></when></choose></on-error>")]
    [InlineData("backend", "<backend><!-- <base /> --></backend>")]
    [Trait("Threat", "T127")]
    public async Task WhatIsAboveIsKept(string section, string instead)
    {
        var text = GateStage
            .Inbound("")
            .Replace("<inbound>\n<base />\n\n</inbound>", "<inbound><base /></inbound>", StringComparison.Ordinal)
            .Replace($"<{section}><base /></{section}>", instead, StringComparison.Ordinal);

        var found = await GateStage.CheckAsync(new ApimRules(), (GateStage.Policy, text));

        found.Single().ShouldContain($"Base: has no <base /> directly in {section}");
        (await GateStage.CheckAsync(new ApimRules { KeepBase = false }, (GateStage.Policy, text))).ShouldBeEmpty();
    }

    [Fact]
    public async Task AboveTheServiceThereIsNothing() =>
        (
            await GateStage.CheckAsync(new ApimRules(), ("policy.xml", "<policies><inbound /></policies>"))
        ).ShouldBeEmpty();
}
