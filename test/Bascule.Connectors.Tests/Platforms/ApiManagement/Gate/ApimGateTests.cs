using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Tests.Platforms.ApiManagement.Source;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

public sealed class ApimGateTests
{
    [Fact]
    public async Task TheSampleIsFineWithoutRules()
    {
        var report = ApimGate.Check(await SourceStage.ReadAsync(ApimSample.Tree()), new ApimRules());

        report.Findings.ShouldBeEmpty();
        report.IsPassed.ShouldBeTrue();
        (report.Files, report.Resources).ShouldBe((25, 21));
    }

    [Fact]
    public async Task WhatTheReaderFoundIsFoundHereToo()
    {
        var found = await GateStage.CheckAsync(new ApimRules(), ("notes.txt", "x"), (GateStage.Policy, "<"));

        found.Count.ShouldBe(2);
        found[0].ShouldStartWith($"{GateStage.Policy}:1 Xml:");
        found[1].ShouldStartWith("notes.txt:1 Layout:");
    }

    [Theory]
    [InlineData("a named value", "<set-header name=\"a\"><value>{{ghost}}</value></set-header>", "named value 'ghost'")]
    [InlineData("a backend", "<set-backend-service backend-id=\"ghost\" />", "backend 'ghost'")]
    [InlineData("a fragment", "<include-fragment fragment-id=\"ghost\" />", "policy fragment 'ghost'")]
    [InlineData("a logger", "<log-to-eventhub logger-id=\"ghost\">x</log-to-eventhub>", "logger 'ghost'")]
    [InlineData("deep", "<choose><when condition=\"true\"><set-body>{{ghost}}</set-body></when></choose>", "'ghost'")]
    public async Task WhatAPolicyUsesMustBeThere(string _, string piece, string says) =>
        (await GateStage.FindAsync(piece)).Single().ShouldContain(says);

    [Fact]
    public async Task WhatLivesInTheServiceAloneIsNamedInTheRules()
    {
        var rules = new ApimRules
        {
            Existing = new ExistingResources
            {
                NamedValues = ["ghost"],
                Backends = ["ghost"],
                Fragments = ["ghost"],
            },
        };
        const string Piece =
            "<set-backend-service backend-id=\"ghost\" /><include-fragment fragment-id=\"ghost\" /><set-body>{{ghost}}</set-body>";

        (await GateStage.FindAsync(Piece, rules)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        "apis/orders/apiInformation.json",
        "{ \"properties\": {\n \"apiVersionSetId\": \"/apiVersionSets/ghost\" } }",
        ":2 Reference: uses the version set 'ghost'"
    )]
    [InlineData(
        "apis/orders/apiInformation.json",
        "{ \"properties\": { \"apiVersionSetId\": \"ghost\" } }",
        ":1 Reference: has 'ghost', which is the id of no version set"
    )]
    [InlineData(
        "diagnostics/applicationinsights/diagnosticInformation.json",
        "{ \"properties\": {\n\n \"loggerId\": \"/loggers/ghost\" } }",
        ":3 Reference: uses the logger 'ghost'"
    )]
    [InlineData(
        "backends/orders/backendInformation.json",
        "{ \"properties\": {\n \"url\": \"{{ghost}}\" } }",
        ":2 Reference: uses the named value 'ghost'"
    )]
    [InlineData(
        "backends/orders/backendInformation.json",
        "{ \"properties\": { \"pool\": { \"services\": [ { \"id\": \"/backends/ghost\" } ] } } }",
        ":1 Reference: uses the backend 'ghost'"
    )]
    [InlineData("products/shop/apis/ghost/productApiInformation.json", "{}", ":1 Reference: uses the API 'ghost'")]
    [InlineData(
        "apis/orders/operations/ghost/policy.xml",
        "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>",
        ":1 Reference: is of the operation 'ghost'"
    )]
    public async Task WhatAFileNamesMustBeThere(string path, string text, string says) =>
        (await GateStage.CheckAsync(new ApimRules(), (path, text))).Single().ShouldStartWith(path + says);

    [Fact]
    public async Task ANameThatShowsInTheServiceAloneIsAWarning()
    {
        var found = await GateStage.FindAsync("<set-backend-service backend-id=\"{{orders-url}}\" />");

        found.Single().ShouldStartWith($"{GateStage.Policy}:4 warning Reference: names a backend that shows in");
    }
}
